package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunnerReplyTest {
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
    RunnerReply answer = RunnerReply.read(WHOLE, Offsets.START).orElseThrow();

    assertThat(answer.out().utf8()).isEqualTo("output");
    assertThat(answer.err().utf8()).isEqualTo("err");
    assertThat(answer.exitCode()).hasValue(17);
    assertThat(answer.positions().words()).containsExactly("2", "5", "1", "0", "4");
    assertThat(answer.state()).isEqualTo(RunnerReply.State.FINE);
  }

  @Test
  void anAnswerThatIsCutAnywhereIsNone() {
    for (int length = 0; length < WHOLE.length() - 1; length++) {
      assertThat(RunnerReply.read(WHOLE.substring(0, length), Offsets.START)).isEmpty();
    }
  }

  @Test
  void anAnswerWithAPieceMissingIsNone() {
    assertThat(RunnerReply.read(WHOLE.replace("b3V0cHV0", "b3V0cH"), Offsets.START)).isEmpty();
    assertThat(RunnerReply.read(WHOLE.replace("ZXJy\n", ""), Offsets.START)).isEmpty();
    assertThat(RunnerReply.read(WHOLE.replace(".code 17", ".code"), Offsets.START)).isEmpty();
    assertThat(RunnerReply.read(WHOLE.replace(".fed", ".bad"), Offsets.START)).isEmpty();
  }

  @Test
  void whatAShellSaysBeforeIsPassedOver() {
    assertThat(RunnerReply.read("sh: warning: no locale\n" + WHOLE, Offsets.START)).isPresent();
    assertThat(RunnerReply.read("sh: not found\n", Offsets.START)).isEmpty();
  }

  @Test
  void whatIsWrongIsTold() {
    assertThat(state(".gone\n.end\n")).isEqualTo(RunnerReply.State.GONE);
    assertThat(state(".fed 0\n.lost\n.end\n")).isEqualTo(RunnerReply.State.LOST);
    assertThat(state(".fed 0\n.full\n.end\n")).isEqualTo(RunnerReply.State.DISK_FULL);
    assertThat(state(".user\n.end\n")).isEqualTo(RunnerReply.State.OTHER_USER);
    assertThat(
            RunnerReply.read(".failed bm8gcm9vbQ==\n.end\n", Offsets.START).orElseThrow().reason())
        .isEqualTo("no room");
  }

  private static RunnerReply.State state(String text) {
    return RunnerReply.read(text, Offsets.START).orElseThrow().state();
  }
}
