package dev.dispense.cli.command;

import dev.dispense.Changes;
import dev.dispense.Changes.Merged;
import dev.dispense.Risk;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ChangeSummary;
import dev.dispense.cli.terminal.Hints;
import dev.dispense.cli.terminal.Printer;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;

@Command(
    name = "merge",
    description = {
      "Merges the work of a sandbox into the branch that is checked out where it came from. What is"
          + " not committed there stays as it is; when the merge would touch it, or when there are"
          + " conflicts, nothing is changed.",
      "It stops on files that would run by themselves, and the like, unless they are allowed.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense merge fix-login",
      "  dispense merge fix-login --allow build,ci"
    })
public final class MergeCommand extends IntegrateCommand {
  public MergeCommand(Session session) {
    super(session);
  }

  @Override
  void take(Changes changes, Path directory, Set<Risk.Kind> allowed) {
    Merged merged = changes.mergeInto(directory, allowed);
    if (merged.after().equals(merged.before())) {
      session.err().line("The branch %s has this work already.".formatted(merged.branch()));
      return;
    }
    Printer out = session.out();
    out.line(
        "Merged %s into the branch %s in %s, %s."
            .formatted(
                ChangeSummary.total(changes),
                merged.branch(),
                merged.repository(),
                merged.isForward() ? "which moved forward" : "with a merge commit"));
    Hints hints = new Hints(out);
    String before = merged.before().abbreviated();
    hints.add("look at it", "git diff", before, merged.after().abbreviated());
    hints.add("take it back", "git reset --keep", before);
  }
}
