package dev.dispense.daytona.http;

import dev.dispense.Environment;
import dev.dispense.support.CertificateFiles;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate authorities that this user trusts beyond those that Java does, in {@linkplain
 * CertificateFiles the files} that the variables of common programs name. A file that cannot be
 * read counts for nothing.
 */
final class TrustedCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedCertificates.class);

  private TrustedCertificates() {}

  /** Makes a client trust them too, if there are any. */
  static void addTo(OkHttpClient.Builder client, Environment host) {
    List<Certificate> more =
        CertificateFiles.of(host).all().stream().flatMap(TrustedCertificates::read).toList();
    if (more.isEmpty()) {
      return;
    }
    try {
      X509TrustManager trust = trusting(more);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      client.sslSocketFactory(context.getSocketFactory(), trust);
    } catch (GeneralSecurityException | IOException e) {
      LOG.warn("The certificate authorities of this user cannot be used", e);
    }
  }

  private static Stream<Certificate> read(Path file) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return List.<Certificate>copyOf(
          CertificateFactory.getInstance("X.509").generateCertificates(in))
          .stream();
    } catch (IOException | GeneralSecurityException e) {
      LOG.debug("The certificate authorities in {} cannot be read", file, e);
      return Stream.empty();
    }
  }

  private static X509TrustManager trusting(List<Certificate> more)
      throws GeneralSecurityException, IOException {
    List<Certificate> all = new ArrayList<>(Arrays.asList(of(null).getAcceptedIssuers()));
    all.addAll(more);
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry(Integer.toString(i), all.get(i));
    }
    return of(store);
  }

  /** Returns what trusts the authorities in a store, or else those that Java does. */
  private static X509TrustManager of(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("there is no trust manager"));
  }
}
