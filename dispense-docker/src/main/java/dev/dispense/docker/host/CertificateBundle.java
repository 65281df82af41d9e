package dev.dispense.docker.host;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The certificate authorities that this user trusts beyond the usual ones, as the variables of
 * common programs name them. A sandbox gets one file with all of them.
 */
final class CertificateBundle {
  /** Name a file that is used instead of the system's. */
  private static final List<String> WHOLE =
      List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE");

  /** Names a file that is used on top of the usual ones. */
  private static final String EXTRA = "NODE_EXTRA_CA_CERTS";

  /** Where Debian, Alpine and macOS, and Fedora keep the system's. */
  static final List<Path> SYSTEM =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/ssl/cert.pem"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"));

  private CertificateBundle() {}

  /**
   * Returns the authorities in PEM; empty when no variable names a file that can be read.
   *
   * @param system where the system's may be; the first that is there counts
   */
  static Optional<byte[]> of(Environment host, List<Path> system) {
    Optional<Path> whole = WHOLE.stream().flatMap(name -> file(host, name)).findFirst();
    Optional<Path> extra = file(host, EXTRA).findFirst();
    if (whole.isEmpty() && extra.isEmpty()) {
      return Optional.empty();
    }
    Set<Path> files = new LinkedHashSet<>();
    whole
        .or(() -> system.stream().filter(CertificateBundle::isReadable).findFirst())
        .ifPresent(files::add);
    extra.ifPresent(files::add);
    return Optional.of(join(files));
  }

  private static Stream<Path> file(Environment host, String variable) {
    try {
      return host.variable(variable).map(Path::of).filter(CertificateBundle::isReadable).stream();
    } catch (InvalidPathException e) {
      return Stream.empty();
    }
  }

  private static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static byte[] join(Set<Path> files) {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    for (Path file : files) {
      try {
        if (bundle.size() > 0) {
          bundle.write('\n');
        }
        bundle.writeBytes(Files.readAllBytes(file));
      } catch (IOException e) {
        throw new UnavailableException(
            "Tried to read the certificate authorities in " + file + " but failed because " + e, e);
      }
    }
    return bundle.toByteArray();
  }
}
