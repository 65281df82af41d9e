package dev.dispense.cli.command;

import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "start",
    description = {"Starts sandboxes that were stopped.", ""},
    footer = {"", "Example:", "  dispense start fix-login"})
public final class StartCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "1..*", paramLabel = "<sandbox>", description = "Their names or ids.")
  private List<String> sandboxes = List.of();

  public StartCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    for (String name : sandboxes) {
      session.sandbox(name).start();
      session.out().line("Started '%s'.".formatted(name));
    }
    return ExitCode.OK;
  }
}
