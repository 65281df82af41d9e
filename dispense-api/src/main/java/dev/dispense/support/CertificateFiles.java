package dev.dispense.support;

import dev.dispense.Environment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of certificate authorities, in PEM, that the user's variables name: {@code
 * SSL_CERT_FILE}, {@code CURL_CA_BUNDLE} and {@code REQUESTS_CA_BUNDLE} each name one that is used
 * instead of the system's, {@code NODE_EXTRA_CA_CERTS} one that is used on top of it. What is no
 * file that can be read counts as not named.
 */
public final class CertificateFiles {
  private static final List<String> WHOLE =
      List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE");
  private static final String EXTRA = "NODE_EXTRA_CA_CERTS";

  private final Environment host;

  private CertificateFiles(Environment host) {
    this.host = host;
  }

  /** Returns what the variables of this user name. */
  public static CertificateFiles of(Environment host) {
    return new CertificateFiles(host);
  }

  /** Returns the file to use instead of the system's; where there are several, the first. */
  public Optional<Path> whole() {
    return WHOLE.stream().flatMap(this::file).findFirst();
  }

  /** Returns the file to use on top of the system's, or of the {@linkplain #whole whole} one. */
  public Optional<Path> extra() {
    return file(EXTRA).findFirst();
  }

  /** Returns all files that are named, each once. */
  public List<Path> all() {
    return Stream.concat(WHOLE.stream(), Stream.of(EXTRA)).flatMap(this::file).distinct().toList();
  }

  private Stream<Path> file(String variable) {
    try {
      return host.variable(variable).map(Path::of).filter(CertificateFiles::isReadable).stream();
    } catch (InvalidPathException e) {
      return Stream.empty();
    }
  }

  /** Returns whether it is a file that this user can read. */
  public static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }
}
