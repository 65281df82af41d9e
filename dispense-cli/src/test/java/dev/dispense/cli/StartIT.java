package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of classes that the launcher has made, with the Java runtime of the test. */
@Tag("jdk")
class StartIT {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  @TempDir private Path temporary;
  private Path start;
  private CommandLine command;

  @BeforeEach
  void useACacheDirectoryOfItsOwn() {
    start = temporary.resolve("cache/dispense/start");
    command =
        new CommandLine(
            temporary,
            Map.of(
                "XDG_CACHE_HOME", temporary.resolve("cache").toString(),
                "JAVA_HOME", System.getProperty("java.home")));
  }

  @Test
  void theFirstStartHasAnArchiveMadeThatTheOthersUse() throws Exception {
    CommandLine.Outcome first = command.dispense("version").succeeds();
    Path archive = awaitArchive();
    assertThat(Files.size(archive)).isGreaterThan(1_000_000);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(start)))
        .isEqualTo("rwx------");
    assertThat(command.dispense("version")).isEqualTo(first);
    assertThat(command.dispense("help").succeeds().stderr()).isEmpty();
    assertThat(command.dispense("new", "--help").succeeds().stderr()).isEmpty();
  }

  @Test
  void anArchiveThatIsBrokenIsNoNews() throws Exception {
    CommandLine.Outcome first = command.dispense("version").succeeds();
    Path archive = awaitArchive();
    Files.delete(archive);
    Files.write(archive, new byte[10_000]);
    assertThat(command.dispense("version")).isEqualTo(first);
  }

  /** Returns the archive when it is there and what was needed to make it is not any more. */
  private Path awaitArchive() throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      Optional<Path> archive = find(".classes");
      if (archive.isPresent() && find(".new").isEmpty()) {
        return archive.get();
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no archive was made in " + start);
  }

  private Optional<Path> find(String ending) throws IOException {
    if (!Files.isDirectory(start)) {
      return Optional.empty();
    }
    try (Stream<Path> paths = Files.walk(start)) {
      return paths.filter(path -> path.toString().endsWith(ending)).findFirst();
    }
  }
}
