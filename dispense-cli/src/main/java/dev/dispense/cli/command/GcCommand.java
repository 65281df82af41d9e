package dev.dispense.cli.command;

import dev.dispense.Dispense;
import dev.dispense.PrintableText;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SavedHosts;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.JsonLine;
import dev.dispense.cli.terminal.NextStep;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "gc",
    description = {
      "Removes what is left over of your sandboxes that are not there any more.",
      "Work that has not been fetched is kept where the sandbox came from; what cannot be kept is"
          + " left. Looks also through the repository of the current directory.",
      ""
    },
    footer = {"", "Examples:", "  dispense gc --dry-run"})
public final class GcCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = {"-n", "--dry-run"},
      description = "Removes nothing, and says what would be removed.")
  private boolean dryRun;

  @Option(names = "--json", description = "One JSON object for each, on a line of its own.")
  private boolean json;

  private int found;
  private boolean left;

  public GcCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.dispense().gc(dryRun, Set.of(session.directory()), this::say);
    if (!dryRun) {
      SavedHosts.forgetThoseGone(session);
    }
    if (found == 0) {
      session.err().line("Nothing is left over.");
    }
    return left ? ExitCode.FAILED : ExitCode.OK;
  }

  private void say(Dispense.Orphan leftover) {
    found++;
    left |= leftover.outcome() == Dispense.Orphan.Outcome.LEFT;
    session.out().line(json ? json(leftover) : text(leftover));
  }

  private static String text(Dispense.Orphan leftover) {
    String line =
        "%s %s '%s': %s."
            .formatted(
                done(leftover.outcome()),
                word(leftover.kind()),
                PrintableText.printable(leftover.name()),
                PrintableText.printable(leftover.reason()));
    return switch (leftover.outcome()) {
      case FOUND, REMOVED -> line;
      case KEPT -> line + " Its work is kept: " + PrintableText.printable(leftover.detail());
      case LEFT ->
          line + " " + NextStep.with(PrintableText.printable(leftover.detail()), leftover.hint());
    };
  }

  private static String done(Dispense.Orphan.Outcome outcome) {
    return switch (outcome) {
      case FOUND -> "Would remove";
      case REMOVED, KEPT -> "Removed";
      case LEFT -> "Left";
    };
  }

  private static String word(Dispense.Orphan.Kind kind) {
    return switch (kind) {
      case SANDBOX -> "the sandbox";
      case WORKTREE -> "the worktree of the branch";
      case TEMPORARY -> "the temporary";
    };
  }

  private static String json(Dispense.Orphan leftover) {
    return new JsonLine()
        .add("kind", leftover.kind())
        .add("name", leftover.name())
        .add("reason", leftover.reason())
        .add("outcome", leftover.outcome())
        .add("detail", leftover.detail())
        .toString();
  }
}
