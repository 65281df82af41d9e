package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyFileTest {
  // The name of the curve P-256, as a value of the tag [0].
  private static final String P256 = "a00a06082a8648ce3d030107";

  private static PrivateKey rsa(int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair().getPrivate();
  }

  private static PrivateKey curve(String name) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair().getPrivate();
  }

  private static String pem(String kind, byte[] key) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key), kind);
  }

  /** Returns what the envelope of PKCS #8 holds, whose own parts have this length. */
  private static byte[] inner(PrivateKey key, int envelope) {
    return Arrays.copyOfRange(key.getEncoded(), envelope, key.getEncoded().length);
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 2048, 4096})
  void readsRsaKeysInBothForms(int bits) throws Exception {
    PrivateKey key = rsa(bits);
    assertThat(PrivateKeyFile.read(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    assertThat(PrivateKeyFile.read(pem("RSA PRIVATE KEY", inner(key, 26)))).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
  void readsKeysOnCurves(String curve) throws Exception {
    PrivateKey key = curve(curve);
    assertThat(PrivateKeyFile.read(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
  }

  @Test
  void readsAKeyOnACurveInItsOwnFormBehindItsParameters() throws Exception {
    PrivateKey key = curve("secp256r1");
    byte[] numbers = Arrays.copyOfRange(inner(key, 28), 2, 39);
    ByteArrayOutputStream own = new ByteArrayOutputStream();
    own.writeBytes(HexFormat.of().parseHex("3031"));
    own.writeBytes(numbers);
    own.writeBytes(HexFormat.of().parseHex(P256));
    String parameters = pem("EC PARAMETERS", HexFormat.of().parseHex(P256.substring(4)));

    PrivateKey read = PrivateKeyFile.read(parameters + pem("EC PRIVATE KEY", own.toByteArray()));
    assertThat(((ECPrivateKey) read).getS()).isEqualTo(((ECPrivateKey) key).getS());
    assertThat(((ECPrivateKey) read).getParams()).isEqualTo(((ECPrivateKey) key).getParams());
    assertThatThrownBy(() -> PrivateKeyFile.read(pem("EC PRIVATE KEY", inner(key, 28))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("does not say which curve");
  }

  @Test
  void readsAnEdwardsKeyAndTheFirstOfSeveral() throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
    String text = pem("CERTIFICATE", new byte[9]) + pem("PRIVATE KEY", key.getEncoded());
    assertThat(PrivateKeyFile.read(text + pem("PRIVATE KEY", rsa(1024).getEncoded())))
        .isEqualTo(key);
  }

  @ParameterizedTest
  @CsvSource({"RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"})
  void whatIsDamagedIsTold(String kind) throws Exception {
    byte[] key = rsa(1024).getEncoded();
    for (int length = 0; length < 64; length++) {
      String pem = pem(kind, Arrays.copyOf(key, length));
      assertThatThrownBy(() -> PrivateKeyFile.read(pem))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("key.pem");
    }
    assertThatThrownBy(() -> PrivateKeyFile.read(pem(kind, key).replace('M', '=')))
        .isInstanceOf(IOException.class);
  }

  @Test
  void anEncryptedKeyOrNoneIsTold() {
    for (String text : new String[] {"", "x", pem("ENCRYPTED PRIVATE KEY", new byte[99])}) {
      assertThatThrownBy(() -> PrivateKeyFile.read(text))
          .isInstanceOf(IOException.class)
          .hasMessage("key.pem holds no unencrypted private key");
    }
  }
}
