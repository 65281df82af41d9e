package dev.dispense.cli.command;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.cli.session.LocationOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SavedHosts;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.NextStep;
import dev.dispense.cli.terminal.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    description = {
      "Deletes sandboxes with all that runs in them.",
      "Work that has not been fetched is kept where the sandbox came from; it is said where.",
      ""
    },
    footer = {"", "Examples:", "  dispense delete fix-login", "  dispense delete --all --force"})
public final class DeleteCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "0..*", paramLabel = "<sandbox>", description = "Their names or ids.")
  private List<String> sandboxes = List.of();

  @Option(
      names = {"-a", "--all"},
      description = "Deletes all that you created with the state directory in use, on both sides.")
  private boolean all;

  @Option(
      names = "--everyone",
      description = "With --all: also those of other people, other machines and directories.")
  private boolean everyone;

  @Option(
      names = {"-f", "--force"},
      description = "Asks nothing.")
  private boolean force;

  @Option(names = "--discard", description = "Deletes the work too, without keeping it anywhere.")
  private boolean discard;

  @Mixin private final LocationOptions side = new LocationOptions();

  public DeleteCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<Sandbox> chosen = chosen();
    if (chosen.isEmpty()) {
      session.err().line("There are no sandboxes to delete.");
      return ExitCode.OK;
    }
    if (!force && !isConfirmed(chosen)) {
      session.err().line("Nothing was deleted.");
      return ExitCode.FAILED;
    }
    int exitCode = ExitCode.OK;
    for (Sandbox sandbox : chosen) {
      exitCode = Math.max(exitCode, delete(sandbox));
    }
    return exitCode;
  }

  private List<Sandbox> chosen() {
    if (all == !sandboxes.isEmpty()) {
      throw new UsageException("Say which to delete: one name or more, or --all.");
    }
    if (everyone && !all) {
      throw new UsageException("--everyone goes with --all only.");
    }
    List<Sandbox> chosen = new ArrayList<>();
    if (all) {
      for (SandboxInfo info : listed()) {
        if (everyone || isOurs(info)) {
          chosen.add(session.dispense().sandbox(info.name().value(), Set.of(info.provider())));
        }
      }
    } else {
      new LinkedHashSet<>(sandboxes).forEach(name -> chosen.add(side.sandbox(session, name)));
    }
    return chosen;
  }

  private List<SandboxInfo> listed() {
    return side.isOneSide()
        ? session.dispense().list(side.providers(session))
        : session.dispense().list();
  }

  private boolean isOurs(SandboxInfo info) {
    Environment host = session.host();
    return info.owner().equals(host.userName())
        && info.directory().map(path -> path.startsWith(host.stateDirectory())).orElse(false);
  }

  private boolean isConfirmed(List<Sandbox> chosen) {
    String names = chosen.stream().map(this::described).collect(Collectors.joining(", "));
    if (!session.questions().canAsk()) {
      throw new UsageException(
          "There is nobody to ask whether to delete %s. To delete without a question: --force"
              .formatted(names));
    }
    return session
        .questions()
        .confirm("Delete %s%s?".formatted(names, discard ? ", and the work in it" : ""));
  }

  /** Names a sandbox; where others' are among them, with its owner. */
  private String described(Sandbox sandbox) {
    return everyone
        ? "%s (of %s)"
            .formatted(sandbox.name(), PrintableText.printable(sandbox.info().owner(), 60))
        : sandbox.name().value();
  }

  private int delete(Sandbox sandbox) {
    try {
      Runnable forget = SavedHosts.forgetting(session.host(), sandbox);
      if (discard) {
        sandbox.forceDelete();
        session.out().line("Deleted '%s' with its work.".formatted(sandbox.name()));
      } else {
        say(sandbox.delete());
      }
      forget.run();
      return ExitCode.OK;
    } catch (DispenseException e) {
      if (Thread.currentThread().isInterrupted() || sandboxes.size() == 1) {
        throw e;
      }
      session.err().line("dispense: " + PrintableText.printable(NextStep.message(e)));
      return ExitCode.FAILED;
    }
  }

  private void say(Sandbox.DeleteResult deletion) {
    session.out().line("Deleted '%s'.".formatted(deletion.name()));
    deletion
        .kept()
        .ifPresent(
            kept ->
                session
                    .out()
                    .line("Its work is kept: %s".formatted(PrintableText.printable(kept))));
  }
}
