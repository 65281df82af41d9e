package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/**
 * The key by which the server for local sandboxes is known: made once, on this machine, and never
 * in a sandbox. Its file has the private and the public key, a line each.
 */
public final class SshHostKey {
  private SshHostKey() {}

  /** Makes the key if there is none, and sees to it that ssh knows it and believes no other. */
  public static void pin(SshDirectory directory) {
    KeyPair key = directory.locked(() -> ensure(directory));
    String line = SshEntry.LOCAL_ALIAS + " " + PublicKeyEntry.toString(key.getPublic()) + "\n";
    Object unused =
        directory.locked(
            () -> {
              try {
                Path file = directory.knownHosts();
                String known = Files.exists(file) ? Files.readString(file) : "";
                if (!known.contains(line)) {
                  String others =
                      known
                          .lines()
                          .filter(it -> !it.startsWith(SshEntry.LOCAL_ALIAS + " "))
                          .map(it -> it + "\n")
                          .reduce("", String::concat);
                  directory.write(file, line + others);
                }
                return file;
              } catch (IOException e) {
                throw failed(e);
              }
            });
  }

  private static KeyPair ensure(SshDirectory directory) {
    Path file = directory.hostKey();
    try {
      if (!Files.exists(file)) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair made = generator.generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        directory.write(
            file,
            base64.encodeToString(made.getPrivate().getEncoded())
                + "\n"
                + base64.encodeToString(made.getPublic().getEncoded())
                + "\n");
      }
      return read(directory);
    } catch (GeneralSecurityException | IOException e) {
      throw failed(e);
    }
  }

  /**
   * Reads the key.
   *
   * @throws DispenseException when there is none
   */
  public static KeyPair read(SshDirectory directory) {
    try {
      List<String> lines = Files.readAllLines(directory.hostKey());
      if (lines.size() != 2) {
        throw new IOException("the file is damaged");
      }
      KeyFactory factory = KeyFactory.getInstance("EC");
      Base64.Decoder base64 = Base64.getDecoder();
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(base64.decode(lines.get(1)))),
          factory.generatePrivate(new PKCS8EncodedKeySpec(base64.decode(lines.get(0)))));
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw failed(e);
    }
  }

  private static DispenseException failed(Exception e) {
    return new DispenseException(
        "Tried to read or make the key of the SSH server for local sandboxes but failed because %s. Run dispense ssh <sandbox> --save-config again; where that does not help, delete the directory ssh in the state directory."
            .formatted(DispenseException.reason(e)),
        e);
  }
}
