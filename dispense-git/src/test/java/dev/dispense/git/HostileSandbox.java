package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.ObjectId;

/** A sandbox that sends whatever bytes it is told to, and the repository that it came from. */
final class HostileSandbox {
  final TestHost test;
  final Path repository;
  private final LocalSandbox sandbox;

  private HostileSandbox(TestHost test) {
    this.test = test;
    this.repository = test.repository("project");
    this.sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
  }

  static HostileSandbox in(Path temporary) throws IOException {
    HostileSandbox made = new HostileSandbox(TestHost.in(temporary));
    // The quarantine stays; what is refused later may leave nothing in it.
    assertThat(made.sandbox.changes().isEmpty()).isTrue();
    return made;
  }

  HostileObjects objects() {
    return new HostileObjects(base());
  }

  ObjectId base() {
    return ObjectId.fromString(sandbox.checkout.labels().get("base"));
  }

  ObjectId treeOfBase() {
    return ObjectId.fromString(test.git(repository, "rev-parse", base().name() + "^{tree}"));
  }

  Changes send(byte[] result) {
    return sandbox.changes(
        (command, streams) -> {
          try {
            streams.stdout().write(result);
            return 0;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Sends it, and checks that it is refused and that not one file is there because of it. */
  void assertRefused(byte[] result, String reason) {
    Map<Path, Long> before = inventory();

    assertThatThrownBy(() -> send(result))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith("Refused the result of the sandbox: ")
        .hasMessageContaining(reason);

    assertThat(inventory()).isEqualTo(before);
  }

  /** Returns all that is on this user's machine, the files with their sizes. */
  private Map<Path, Long> inventory() {
    Map<Path, Long> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(test.root())) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        files.put(
            path, Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.size(path) : -1L);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Returns the bytes of all files in a directory. */
  long bytesWithin(Path directory) {
    return inventory().entrySet().stream()
        .filter(file -> file.getKey().startsWith(directory))
        .mapToLong(file -> Math.max(0, file.getValue()))
        .sum();
  }
}
