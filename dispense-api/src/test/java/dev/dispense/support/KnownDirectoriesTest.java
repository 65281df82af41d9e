package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KnownDirectoriesTest {
  private final KnownDirectories directories = new KnownDirectories();

  @Test
  void knowsWhatWasAddedAndAllAboveIt() {
    directories.add(List.of("a", "b"));
    directories.add(List.of("a", "c"));

    assertThat(directories.known(List.of("a", "b", "c"))).isEqualTo(2);
    assertThat(directories.known(List.of("a", "c"))).isEqualTo(2);
    assertThat(directories.known(List.of("a"))).isEqualTo(1);
    assertThat(directories.known(List.of("b"))).isZero();
    assertThat(directories.known(List.of())).isZero();
  }

  @Test
  void forgetsThemWhenThereAreTooMany() {
    for (int i = 0; i < 200_000; i++) {
      directories.add(List.of("d" + i));
    }

    assertThat(directories.known(List.of("d0"))).isZero();
    assertThat(directories.known(List.of("d199999"))).isEqualTo(1);
  }
}
