package dev.dispense.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Progress;
import dev.dispense.cli.FakeConsole;
import java.io.OutputStream;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  @Test
  void without_a_terminal_there_is_a_line_for_each_step_and_each_notice() {
    FakeConsole console = FakeConsole.withoutTerminal();
    try (ProgressLine progress = new ProgressLine(Printer.ofErrors(console.err()), console)) {
      progress.onProgress(Progress.of("Building image", "step 1"));
      progress.onProgress(Progress.of("Building image", "step 2"));
      progress.onNotice("Two files are not committed.");
      progress.onProgress(Progress.of("Starting"));
    }

    assertThat(console.errText())
        .isEqualTo("Building image: step 1\nNote: Two files are not committed.\nStarting\n");
  }

  @Test
  void on_a_terminal_one_line_is_written_anew_and_cut_to_its_width() {
    FakeConsole console = FakeConsole.withAnswers();
    try (ProgressLine progress = new ProgressLine(Printer.ofErrors(console.err()), console)) {
      progress.onProgress(new Progress("Pulling", "x".repeat(100), OptionalDouble.of(0.5)));
      progress.onNotice("Look.");
    }

    String[] drawn = console.errText().split("\r\u001B\\[K", -1);
    assertThat(drawn[1]).contains("Pulling 50%: xxx").hasSize(59).endsWith("…");
    assertThat(drawn).contains("Note: Look.\n");
    assertThat(drawn[drawn.length - 1]).isEmpty();
  }

  @Test
  void a_reader_who_is_gone_does_not_disturb_the_work() {
    OutputStream broken = FakeConsole.withoutTerminal().whoseReaderIsGone().out();
    Printer err = Printer.ofErrors(broken);

    err.line("lost");

    assertThat(err.failure()).isPresent();
  }
}
