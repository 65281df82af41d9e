package dev.dispense.cli.command;

import dev.dispense.Changes;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ChangeSummary;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.DiffPrinter;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.RiskPrinter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    description = {
      "Shows what changed in a sandbox, committed or not, as a unified diff.",
      "What is risky in it is said on standard error.",
      "Where standard output is not a terminal, the diff is what git apply takes.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense diff fix-login --stat",
      "  dispense diff fix-login >fix-login.patch"
    })
public final class DiffCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Option(names = "--stat", description = "Only the files, with the lines added and removed.")
  private boolean stat;

  public DiffCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Changes changes = session.sandbox(sandbox).changes();
    if (changes.isEmpty()) {
      session.err().line("Nothing has changed in '%s'.".formatted(sandbox));
      return ExitCode.OK;
    }
    if (stat) {
      ChangeSummary.print(changes, session.out());
    } else if (session.console().isTerminal(Console.Stream.OUT)) {
      DiffPrinter printer = new DiffPrinter(session.out());
      changes.writeDiff(printer);
      printer.finish();
    } else {
      changes.writeDiff(session.out().stream());
    }
    RiskPrinter.print(changes, session.err());
    return ExitCode.OK;
  }
}
