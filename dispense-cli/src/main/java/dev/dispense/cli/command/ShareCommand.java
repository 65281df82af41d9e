package dev.dispense.cli.command;

import dev.dispense.Capability;
import dev.dispense.PreviewUrl;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SshAccess;
import dev.dispense.cli.session.SandboxOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.ssh.SshTokens;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "share",
    description = {
      "Gives what others need to enter a sandbox in the cloud: a command, and addresses of its"
          + " ports.",
      "Whoever has them can do all that you can do in it, until they expire. Access by SSH that was"
          + " given out before can end with that.",
      ""
    },
    footer = {"", "Examples:", "  dispense share fix-login --port 3000 --expires 2h"})
public final class ShareCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ShareCommand.class);

  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Option(
      names = "--port",
      paramLabel = "<port>",
      description =
          "A port to give the address of, can be repeated; default those that something listens"
              + " on.")
  private List<Integer> ports = List.of();

  @Option(
      names = "--expires",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "How long it lasts, such as 30m; default 8h, at most 24h.")
  private Duration expires = Duration.ofHours(8);

  public ShareCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (expires.compareTo(Duration.ofDays(1)) > 0) {
      throw new UsageException("Something is shared for 24h at most.");
    }
    try (Sandbox found = session.sandbox(sandbox, Set.of(SandboxOptions.REMOTE_PROVIDER))) {
      if (!found.capabilities().contains(Capability.SSH)) {
        throw new RefusedException(
            "The sandbox '%s' is on this machine, where others cannot enter it. Create one with: dispense new --remote"
                .formatted(found.name()));
      }
      share(found);
    }
    return ExitCode.OK;
  }

  private void share(Sandbox found) {
    SshAccess access = new SshTokens(session.host()).ending(found, expires).access().orElseThrow();
    Printer out = session.out();
    out.line(
        "ssh %s%s@%s    # until %s"
            .formatted(
                access.port() == 22 ? "" : "-p " + access.port() + " ",
                access.user().reveal(),
                access.host(),
                until(access.expires())));
    ports.forEach(port -> show(found, port));
    if (ports.isEmpty()) {
      found.listeningPorts().forEach(port -> showUnlessRefused(found, port));
    }
    session.err().line("Whoever has these can use '%s' as you can.".formatted(found.name()));
  }

  private void show(Sandbox found, int port) {
    PreviewUrl preview = found.preview(port, PreviewUrl.Access.SIGNED, expires);
    session
        .out()
        .line(
            "%s    # port %d, until %s"
                .formatted(preview.url(), port, until(preview.expires().orElseThrow())));
  }

  private String until(Instant end) {
    return Durations.text(end, session.host().clock().getZone());
  }

  /** The provider has programs of its own in a sandbox, whose ports nobody wants to share. */
  private void showUnlessRefused(Sandbox found, int port) {
    try {
      show(found, port);
    } catch (RefusedException e) {
      log.debug("Port {} is not shared: {}", port, e.getMessage());
    }
  }
}
