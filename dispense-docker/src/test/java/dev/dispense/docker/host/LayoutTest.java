package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.docker.container.SandboxContainer;
import dev.dispense.docker.image.Images;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Software;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
  private static MachineSpec spec(Software... software) {
    return MachineSpec.builder(new SandboxName("a")).software(List.of(software)).user(1, 1).build();
  }

  @Test
  void softwareComesBeforeTheImagesOwnPath() {
    Software one = new Software("one", "1", "c", "i", Map.of());
    Software two = new Software("two", "1", "c", "i", Map.of());

    assertThat(Layout.searchPath(spec(one, two), List.of("X=1", "PATH=/jdk/bin:/bin")))
        .isEqualTo(
            "/dispense/software/one/bin:/dispense/software/two/bin:/opt/dispense/one/bin:"
                + "/opt/dispense/two/bin:/jdk/bin:/bin");
  }

  @Test
  void anImageWithoutPathGetsTheUsualOne() {
    assertThat(Layout.searchPath(spec(), List.of("PATH=")))
        .isEqualTo("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }

  @ParameterizedTest
  @CsvSource({
    "running, RUNNING",
    "exited, STOPPED",
    "paused, STOPPED",
    "created, PENDING",
    "restarting, PENDING",
    "removing, PENDING",
    "dead, ERROR",
    "anything, ERROR"
  })
  void anEnginesStatesAreUnderstood(String word, SandboxInfo.State state) {
    assertThat(SandboxContainer.state(word)).isEqualTo(state);
  }

  @ParameterizedTest
  @CsvSource({
    "debian, debian, latest",
    "debian:12, debian, 12",
    "localhost:5000/a/b, localhost:5000/a/b, latest",
    "localhost:5000/a/b:c, localhost:5000/a/b, c",
    "a@sha256:00, a@sha256:00,"
  })
  void aReferenceIsTakenApart(String reference, String repository, String tag) {
    assertThat(Images.Reference.parse(reference))
        .isEqualTo(new Images.Reference(repository, Optional.ofNullable(tag)));
  }
}
