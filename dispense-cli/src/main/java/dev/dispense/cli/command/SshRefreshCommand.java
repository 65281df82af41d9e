package dev.dispense.cli.command;

import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SshDirectory;
import dev.dispense.cli.ssh.SshEntry;
import dev.dispense.cli.ssh.SshTokens;
import dev.dispense.cli.terminal.ExitCode;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Called by ssh, before it reads how a saved sandbox is reached. */
@Command(
    name = "ssh-refresh",
    hidden = true,
    description = "Renews the access of a sandbox whose configuration was saved, where it must be.")
public final class SshRefreshCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name of the sandbox.")
  private String sandbox = "";

  public SshRefreshCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String name = new SandboxName(sandbox).value();
    Instant until = session.host().clock().instant().plus(SshTokens.LEAST);
    Optional<SshEntry> known = new SshDirectory(session.host()).entry(name);
    if (known.isPresent() && !known.get().lasts(until)) {
      try (Sandbox found = session.sandbox(name, Set.of(known.get().provider()))) {
        SshEntry unused = new SshTokens(session.host()).lasting(found);
      }
    }
    return ExitCode.OK;
  }
}
