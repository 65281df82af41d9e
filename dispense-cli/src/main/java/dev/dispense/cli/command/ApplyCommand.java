package dev.dispense.cli.command;

import dev.dispense.Changes;
import dev.dispense.Risk;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ChangeSummary;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;

@Command(
    name = "apply",
    description = {
      "Applies the work of a sandbox to the files of the directory that it came from: all of it or,"
          + " when any of it does not apply, nothing. Nothing is staged or committed.",
      "It stops on files that would run by themselves, and the like, unless they are allowed.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense apply fix-login",
      "  dispense apply fix-login --allow build"
    })
public final class ApplyCommand extends IntegrateCommand {
  public ApplyCommand(Session session) {
    super(session);
  }

  @Override
  void take(Changes changes, Path directory, Set<Risk.Kind> allowed) {
    changes.applyTo(directory, allowed);
    session.out().line("Applied %s to %s.".formatted(ChangeSummary.total(changes), directory));
  }
}
