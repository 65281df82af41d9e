package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final String WHOLE =
      """
      .out 2 5 6
      b3V0cHV0
      .err 1 0 3
      ZXJy
      .fed 4
      .code 17
      .end
      """;

  @Test
  void anAnswerTellsOutputPlacesAndTheEnd() {
    Answer answer = Answer.read(WHOLE, Positions.START).orElseThrow();

    assertThat(answer.out().utf8()).isEqualTo("output");
    assertThat(answer.err().utf8()).isEqualTo("err");
    assertThat(answer.exitCode()).hasValue(17);
    assertThat(answer.positions().words()).containsExactly("2", "5", "1", "0", "4");
    assertThat(answer.state()).isEqualTo(Answer.State.FINE);
  }

  @Test
  void anAnswerThatIsCutAnywhereIsNone() {
    for (int length = 0; length < WHOLE.length() - 1; length++) {
      assertThat(Answer.read(WHOLE.substring(0, length), Positions.START)).isEmpty();
    }
  }

  @Test
  void anAnswerWithAPieceMissingIsNone() {
    assertThat(Answer.read(WHOLE.replace("b3V0cHV0", "b3V0cH"), Positions.START)).isEmpty();
    assertThat(Answer.read(WHOLE.replace("ZXJy\n", ""), Positions.START)).isEmpty();
    assertThat(Answer.read(WHOLE.replace(".code 17", ".code"), Positions.START)).isEmpty();
    assertThat(Answer.read(WHOLE.replace(".fed", ".bad"), Positions.START)).isEmpty();
  }

  @Test
  void whatAShellSaysBeforeIsPassedOver() {
    assertThat(Answer.read("sh: warning: no locale\n" + WHOLE, Positions.START)).isPresent();
    assertThat(Answer.read("sh: not found\n", Positions.START)).isEmpty();
  }

  @Test
  void whatIsWrongIsTold() {
    assertThat(state(".gone\n.end\n")).isEqualTo(Answer.State.GONE);
    assertThat(state(".fed 0\n.lost\n.end\n")).isEqualTo(Answer.State.LOST);
    assertThat(state(".fed 0\n.full\n.end\n")).isEqualTo(Answer.State.DISK_FULL);
    assertThat(state(".user\n.end\n")).isEqualTo(Answer.State.OTHER_USER);
    assertThat(Answer.read(".failed bm8gcm9vbQ==\n.end\n", Positions.START).orElseThrow().reason())
        .isEqualTo("no room");
  }

  private static Answer.State state(String text) {
    return Answer.read(text, Positions.START).orElseThrow().state();
  }
}
