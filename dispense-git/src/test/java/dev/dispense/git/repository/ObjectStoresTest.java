package dev.dispense.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.git.TestHost;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectStoresTest {
  private static final SandboxLayout LAYOUT =
      new SandboxLayout("/workspace", "/dispense", "/home/agent", "/run/secrets");

  @TempDir Path temporary;

  @Test
  void storesThatBorrowFromEachOtherAreFoundOnce() throws IOException {
    Path root = temporary.toRealPath();
    Path a = Files.createDirectories(root.resolve("a/objects"));
    Path b = Files.createDirectories(root.resolve("b/objects"));
    TestHost.write(a.resolve("info/alternates"), "# comment\n../../b/objects\n/nonexistent\n");
    TestHost.write(b.resolve("info/alternates"), "\"" + a + "\"\n");

    List<Mount> mounts = ObjectStores.of(a, LAYOUT).mounts();

    assertThat(mounts)
        .containsExactly(new Mount(a, a.toString(), true), new Mount(b, b.toString(), true));
  }

  @Test
  void aStoreThatIsInTheWayOfTheSandboxsOwnDirectoriesHasAnotherPlace() throws IOException {
    Path repository = temporary.toRealPath().resolve("repository");
    Path store = Files.createDirectories(repository.resolve("objects"));
    SandboxLayout inTheWay =
        new SandboxLayout(repository.toString(), "/dispense", "/home/agent", "/run/secrets");

    assertThat(ObjectStores.of(store, inTheWay).paths()).containsExactly("/dispense/objects/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/plain", "\"quoted\" \\ ü", "#hash", "/new\nline", "/co:lon \\n"})
  void aPathIsReadAsItWasWritten(String path) {
    String line = ObjectStores.alternates(List.of(path)).replaceFirst("\n$", "");

    assertThat(line).doesNotContain("\n");
    assertThat(line.startsWith("\"") ? ObjectStores.unquoted(line) : line).isEqualTo(path);
  }

  @Test
  void octalEscapesAreBytes() {
    assertThat(ObjectStores.unquoted("\"/\\303\\274\\t\"")).isEqualTo("/ü\t");
  }
}
