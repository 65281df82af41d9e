package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.DispenseException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedOutputTest {
  private static final byte[] FOUR = {'a', 'b', 'c', 'd'};

  @Test
  void keepsTheBeginningAndKnowsThatMoreCame() {
    BoundedOutput output = BoundedOutput.cutAt(6);
    output.write(FOUR, 0, 4);
    output.write(FOUR, 2, 2);
    assertThat(output.isCut()).isFalse();

    output.write('x');
    assertThat(output.isCut()).isTrue();
    assertThat(output).hasToString("abcdcd");
  }

  @Test
  void keepsAsMuchOfAPieceAsThereIsRoom() {
    BoundedOutput output = BoundedOutput.cutAt(3);
    output.write(FOUR, 0, 4);

    assertThat(output.isCut()).isTrue();
    assertThat(output.bytes()).containsExactly('a', 'b', 'c');
    assertThat(output.text(StandardCharsets.US_ASCII)).isEqualTo("abc");
  }

  @Test
  void failsWhereNothingMayBeDropped() {
    BoundedOutput output = BoundedOutput.failingOver(4);
    output.write(FOUR, 0, 4);

    assertThatExceptionOfType(DispenseException.class)
        .isThrownBy(() -> output.write('x'))
        .withMessageContaining("more than 4 bytes");
    assertThat(output).hasToString("abcd");
    assertThat(output.isCut()).isFalse();
  }
}
