package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.NotFoundException;
import org.junit.jupiter.api.Test;

class InTheCloudTest {
  @Test
  void withoutItsProviderItSaysSo() {
    assertThatThrownBy(() -> InTheCloud.main(new String[] {"Do something"}))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("There is no provider 'daytona'")
        .hasMessageContaining("docker");
  }
}
