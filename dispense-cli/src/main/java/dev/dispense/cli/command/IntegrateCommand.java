package dev.dispense.cli.command;

import dev.dispense.Changes;
import dev.dispense.Risk;
import dev.dispense.Sandbox;
import dev.dispense.cli.session.AllowOption;
import dev.dispense.cli.session.IntoOption;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.RiskPrinter;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command by which work changes files of the user. */
abstract class IntegrateCommand implements Callable<Integer> {
  final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Mixin private IntoOption into = new IntoOption();
  @Mixin private AllowOption allow = new AllowOption();

  IntegrateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Sandbox found = session.sandbox(sandbox);
    Changes changes = found.changes();
    if (changes.isEmpty()) {
      session.err().line("Nothing has changed in '%s'.".formatted(sandbox));
    } else {
      take(changes, into.directory(session, found), allow.kinds());
      RiskPrinter.print(changes, session.err());
    }
    return ExitCode.OK;
  }

  /** Changes the files, and says so. */
  abstract void take(Changes changes, Path directory, Set<Risk.Kind> allowed);
}
