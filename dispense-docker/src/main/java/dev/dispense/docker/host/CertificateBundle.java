package dev.dispense.docker.host;

import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.support.CertificateFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The certificate authorities that this user trusts beyond the usual ones, in {@linkplain
 * CertificateFiles the files} that the variables of common programs name. A sandbox gets one file
 * with all of them.
 */
final class CertificateBundle {
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
    CertificateFiles named = CertificateFiles.of(host);
    Optional<Path> whole = named.whole();
    Optional<Path> extra = named.extra();
    if (whole.isEmpty() && extra.isEmpty()) {
      return Optional.empty();
    }
    Set<Path> files = new LinkedHashSet<>();
    whole
        .or(() -> system.stream().filter(CertificateFiles::isReadable).findFirst())
        .ifPresent(files::add);
    extra.ifPresent(files::add);
    return Optional.of(join(files));
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
