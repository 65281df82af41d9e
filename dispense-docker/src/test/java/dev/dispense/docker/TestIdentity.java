package dev.dispense.docker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A key for TLS with a certificate that nobody has signed.
 *
 * @param context with which a server shows it
 * @param certificate the certificate, a file in PEM
 */
public record TestIdentity(SSLContext context, Path certificate) {
  private static final String PASSWORD = "password";

  public static TestIdentity of(Path directory, List<String> hosts)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = directory.resolve("identity.p12");
    String names = hosts.stream().map(host -> "dns:" + host).collect(Collectors.joining(","));
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=" + hosts.get(0),
            "-ext",
            "san=" + names,
            "-alias",
            "it",
            "-keystore",
            file.toString(),
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    Path certificate = directory.resolve("authority.pem");
    Files.writeString(
        certificate,
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder().encodeToString(store.getCertificate("it").getEncoded())
            + "\n-----END CERTIFICATE-----\n");
    return new TestIdentity(context, certificate);
  }
}
