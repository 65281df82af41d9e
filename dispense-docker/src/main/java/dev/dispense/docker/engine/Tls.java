package dev.dispense.docker.engine;

import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes the TLS context for an engine from the docker command's three files. docker-java's own goes
 * no further than TLS 1.2, where the end of a command's input ends its output too: only TLS 1.3 can
 * close one direction (RFC 8446, 6.1).
 */
final class Tls {
  private static final char[] KEY_PASSWORD = "docker".toCharArray();

  private Tls() {}

  /** Returns the context for the certificates and the key in a directory. */
  static SSLContext context(Path directory) {
    try {
      KeyStore own = emptyStore();
      own.setKeyEntry(
          "key",
          PrivateKeyFile.read(read(directory, "key.pem")),
          KEY_PASSWORD,
          certificates(read(directory, "cert.pem")));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, KEY_PASSWORD);
      KeyStore authorities = emptyStore();
      for (Certificate authority : certificates(read(directory, "ca.pem"))) {
        authorities.setCertificateEntry("ca" + authorities.size(), authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(authorities);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new UnavailableException(
          "Tried to connect to the Docker Engine with TLS but failed because ca.pem, cert.pem and"
              + " key.pem in "
              + directory
              + " cannot be used: "
              + PrintableText.printable(String.valueOf(e.getMessage()), 200)
              + ". Put them there, or name their directory in DOCKER_CERT_PATH.",
          e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Certificate[] certificates(String pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
        .toArray(Certificate[]::new);
  }

  private static String read(Path directory, String file) throws IOException {
    Path path = directory.resolve(file);
    if (!Files.isReadable(path)) {
      throw new IOException(file + " is not there");
    }
    return Files.readString(path, StandardCharsets.US_ASCII);
  }
}
