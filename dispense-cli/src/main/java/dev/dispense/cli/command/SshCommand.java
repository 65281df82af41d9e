package dev.dispense.cli.command;

import dev.dispense.Capability;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.UnavailableException;
import dev.dispense.cli.session.LocationOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SshDirectory;
import dev.dispense.cli.ssh.SshEntry;
import dev.dispense.cli.ssh.SshHostKey;
import dev.dispense.cli.ssh.SshTokens;
import dev.dispense.cli.ssh.UserSshConfig;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Printer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "ssh",
    description = {
      "Opens a shell in a sandbox, by SSH where it is in the cloud; or lets ssh and IDEs do so.",
      "A sandbox on this machine is entered as by dispense shell.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense ssh fix-login",
      "  dispense ssh fix-login --save-config && scp notes.txt dispense-fix-login:",
      "  code --remote ssh-remote+dispense-fix-login /workspace"
    })
public final class SshCommand implements Callable<Integer> {
  /** What ssh returns when there is no connection; a program may return it too. */
  private static final int NO_CONNECTION = 255;

  /** The service's shell begins in the home directory, where there is nothing to work on. */
  private static final String SHELL = "cd /workspace 2>/dev/null; exec \"${SHELL:-/bin/sh}\" -l";

  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Option(
      names = "--save-config",
      description =
          "Has ~/.ssh/config know it as dispense-<sandbox>, so that ssh, scp, sftp and IDEs reach"
              + " it by that name. It is removed when the sandbox is deleted.")
  private boolean saveConfig;

  @Mixin private final LocationOptions side = new LocationOptions();

  public SshCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (Sandbox found = side.sandbox(session, sandbox)) {
      boolean isRemote = found.capabilities().contains(Capability.SSH);
      if (saveConfig) {
        requireRunning(found);
        save(found, isRemote);
        return ExitCode.OK;
      }
      return isRemote ? connect(found) : ShellCommand.open(session, found);
    }
  }

  private static void requireRunning(Sandbox found) {
    if (found.info().state() != SandboxInfo.State.RUNNING) {
      throw new UnavailableException(
          "The sandbox '%s' does not run. To start it: dispense start %s"
              .formatted(found.name(), found.name()));
    }
  }

  private void save(Sandbox found, boolean isRemote) {
    SshDirectory directory = new SshDirectory(session.host());
    directory.prepare();
    SshEntry entry =
        isRemote ? remoteEntry(found, directory) : SshTokens.entry(found.info(), Optional.empty());
    if (!isRemote) {
      SshHostKey.pin(directory);
    }
    directory.save(entry);
    boolean isNew = new UserSshConfig(session.host().userHome()).include(directory.config());
    Printer out = session.out();
    out.line("Saved. It is reached as " + SshEntry.host(entry.name()) + ":");
    out.line("  ssh " + SshEntry.host(entry.name()));
    if (isNew) {
      session.err().line("~/.ssh/config includes " + directory.config() + " now.");
    }
  }

  /** Who saves again what is saved already may do so because its access has ended. */
  private SshEntry remoteEntry(Sandbox found, SshDirectory directory) {
    SshTokens tokens = new SshTokens(session.host());
    return directory.isSaved(found.name().value()) ? tokens.renewed(found) : tokens.lasting(found);
  }

  private int connect(Sandbox found) {
    SshTokens tokens = new SshTokens(session.host());
    boolean wasKnown = new SshDirectory(session.host()).entry(found.name().value()).isPresent();
    int exitCode = run(tokens.lasting(found));
    // Somebody else may have asked for access since, which ended ours.
    return exitCode == NO_CONNECTION && wasKnown ? run(tokens.renewed(found)) : exitCode;
  }

  private int run(SshEntry entry) {
    Path file = new SshDirectory(session.host()).update(entry);
    boolean isTerminal =
        session.console().isTerminal(Console.Stream.IN)
            && session.console().isTerminal(Console.Stream.OUT);
    List<String> argv =
        List.of(
            "ssh",
            "-F",
            file.toString(),
            isTerminal ? "-t" : "-T",
            "--",
            SshEntry.host(entry.name()),
            SHELL);
    try {
      return new ProcessBuilder(argv).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UnavailableException(
          "Tried to run ssh but failed because %s. Install it (on Debian: the package openssh-client), or use: dispense shell %s"
              .formatted(DispenseException.reason(e), entry.name()),
          e);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("running ssh", e);
    }
  }
}
