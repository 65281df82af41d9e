package dev.dispense.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.DispenseException.Hint;
import dev.dispense.NotFoundException;
import dev.dispense.Risk;
import dev.dispense.SandboxName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NextStepTest {
  private static final SandboxName BOX = new SandboxName("box");
  private static final Map<Hint, String> COMMANDS =
      Map.of(
          new Hint.ListSandboxes(), "dispense list",
          new Hint.Start(BOX), "dispense start box",
          new Hint.Restart(BOX), "dispense stop box && dispense start box",
          new Hint.Delete(BOX), "dispense delete box",
          new Hint.ForceDelete(BOX), "dispense delete box --discard",
          new Hint.InstallAgent(BOX), "dispense claude box run --install-daemon",
          new Hint.ListTasks(BOX), "dispense claude box tasks",
          new Hint.IncludeUncommitted(), "--include-uncommitted",
          new Hint.StoreKey("daytona"), "dispense login daytona",
          new Hint.AllowRisks(BOX, List.of(Risk.Kind.AUTORUN, Risk.Kind.CI)),
              "dispense diff box shows it, --allow autorun,ci lets it pass");

  @Test
  void theLastSentenceEndsWithTheCommand() {
    COMMANDS.forEach(
        (hint, command) ->
            assertThat(NextStep.with("It failed. Do that.", Optional.of(hint)))
                .isEqualTo("It failed. Do that: " + command));
    assertThat(COMMANDS.keySet())
        .extracting(Object::getClass)
        .containsAll(Stream.of(Hint.class.getPermittedSubclasses()).toList());
  }

  @Test
  void whatHasNoHintStaysAsItIs() {
    assertThat(NextStep.with("It failed.", Optional.empty())).isEqualTo("It failed.");
    assertThat(NextStep.message(new NotFoundException("It is gone."))).isEqualTo("It is gone.");
    assertThat(NextStep.message(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
    assertThat(NextStep.message(new NotFoundException("Gone. Look.", null, new Hint.Delete(BOX))))
        .isEqualTo("Gone. Look: dispense delete box");
  }
}
