package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptMirrorTest {
  @TempDir Path etc;

  private Optional<String> mirror(Map<String, String> settings) {
    return AptMirror.of(
        Environment.in(etc)
            .withSettings(settings)
            .withStateDirectory(etc)
            .withCacheDirectory(etc)
            .withUserName("ann"),
        etc);
  }

  private void write(String file, String text) throws IOException {
    Path path = etc.resolve("apt").resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  void theMirrorOfTheMachineIsTaken() throws IOException {
    write(
        "sources.list", "# deb http://no/debian x\ndeb [arch=amd64] http://one/debian bookworm\n");
    assertThat(mirror(Map.of())).contains("http://one");
  }

  @Test
  void theNewFormIsReadToo() throws IOException {
    write(
        "sources.list.d/debian.sources",
        "Types: deb\nURIs: http://two/mirror/debian/\nSuites: bookworm\n");
    write("sources.list.d/other.save", "deb http://no/debian x\n");
    assertThat(mirror(Map.of())).contains("http://two/mirror");
  }

  @Test
  void theSettingGoesFirst() throws IOException {
    write("sources.list", "deb http://one/debian bookworm main\n");
    assertThat(mirror(Map.of("docker.apt-mirror", "http://three"))).contains("http://three");
  }

  @Test
  void otherSystemsAndMirrorsThatANewImageCannotReachHaveNone() throws IOException {
    assertThat(mirror(Map.of())).isEmpty();
    write(
        "sources.list",
        """
        deb http://archive/ubuntu noble
        deb http://a:b@c/debian bookworm
        deb https://tls/debian x
        """);
    assertThat(mirror(Map.of())).isEmpty();
  }
}
