package dev.dispense.docker.host;

import dev.dispense.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The mirror of Debian's packages that this machine uses, so that an image build uses it too. */
public final class AptMirror {
  // The address in sources.list(5), in its one-line and its deb822 form. A new image has no
  // certificates to check https with.
  private static final Pattern DEBIAN =
      Pattern.compile(
          "^(?:deb\\s+(?:\\[[^]]*]\\s+)?|URIs:\\s*)(http://[^\\s@]+)/debian/?(?:\\s|$)");

  private AptMirror() {}

  /**
   * Returns what stands before {@code /debian} in the mirror's address: the setting {@code
   * docker.apt-mirror}, or else what apt is configured with, where the machine is a Debian.
   *
   * @param etc the directory of the machine's configuration
   */
  public static Optional<String> of(Environment host, Path etc) {
    return host.setting("docker.apt-mirror").or(() -> configured(etc));
  }

  private static Optional<String> configured(Path etc) {
    return Stream.concat(Stream.of(etc.resolve("apt/sources.list")), lists(etc))
        .flatMap(file -> lines(file).stream())
        .map(DEBIAN::matcher)
        .filter(Matcher::find)
        .map(address -> address.group(1))
        .findFirst();
  }

  private static Stream<Path> lists(Path etc) {
    try (Stream<Path> files = Files.list(etc.resolve("apt/sources.list.d"))) {
      return files
          .filter(file -> file.toString().endsWith(".list") || file.toString().endsWith(".sources"))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
