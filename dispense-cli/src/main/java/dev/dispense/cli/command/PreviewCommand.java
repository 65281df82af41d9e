package dev.dispense.cli.command;

import dev.dispense.Capability;
import dev.dispense.DispenseException;
import dev.dispense.PortForward;
import dev.dispense.PreviewUrl;
import dev.dispense.Sandbox;
import dev.dispense.cli.session.LocationOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.UsageException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "preview",
    description = {
      "Gives the address of a web server that listens on a port of a sandbox.",
      "In the cloud it is an address for everybody who has it, for a time. On this machine it works"
          + " until Ctrl-C, for who has it: other users, and other pages in the browser, are"
          + " refused. A program sends what follows 'dispense=' as 'Authorization: Bearer"
          + " <token>'.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense preview fix-login 3000",
      "  dispense preview fix-login 3000 --expires 15m",
      "  dispense preview fix-login 3000 --private",
      "  dispense preview fix-login 5432 --raw"
    })
public final class PreviewCommand implements Callable<Integer> {
  /** Long enough to look at something, also for somebody who is sent the address. */
  private static final Duration LIFETIME = Duration.ofHours(1);

  private final Session session;

  @Parameters(index = "0", paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Parameters(index = "1", paramLabel = "<port>", description = "The port, 1 to 65535.")
  private int port;

  @Option(
      names = "--public",
      description = "An address for everybody. It makes all ports of the sandbox public.")
  private boolean isPublic;

  @Option(
      names = "--private",
      description = "An address for members of the organization, and for who sends its token.")
  private boolean isPrivate;

  @Option(
      names = "--expires",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "How long the address works, such as 15m; default 1h, at most 24h.")
  private @Nullable Duration expires;

  @Option(
      names = "--raw",
      description =
          "Passes bytes of any protocol, such as a database's, and lets everybody on this machine"
              + " connect.")
  private boolean raw;

  @Mixin private final LocationOptions side = new LocationOptions();

  public PreviewCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    check();
    try (Sandbox found = side.sandbox(session, sandbox)) {
      boolean hasAddresses = found.capabilities().contains(Capability.PREVIEW_URL);
      if (!hasAddresses && (isPublic || isPrivate || expires != null)) {
        throw new UsageException(
            "--public, --private and --expires are for sandboxes in the cloud; '%s' is on this machine, and the address of its port works until Ctrl-C."
                .formatted(found.name()));
      }
      if (hasAddresses && raw) {
        throw new UsageException(
            "--raw is for sandboxes on this machine; '%s' is in the cloud, where ssh forwards ports: dispense ssh %s --save-config"
                .formatted(found.name(), found.name()));
      }
      if (hasAddresses) {
        show(found, found.preview(port, access(), expires == null ? LIFETIME : expires));
        return ExitCode.OK;
      }
      return raw ? forward(found) : preview(found);
    }
  }

  private void check() {
    if (port < 1 || port > 65535) {
      throw new UsageException("A port is from 1 to 65535, not %d.".formatted(port));
    }
    if (isPublic && isPrivate) {
      throw new UsageException("--public and --private contradict each other: give one of them.");
    }
    if ((isPublic || isPrivate) && expires != null) {
      throw new UsageException(
          "--expires goes with neither --public nor --private: such an address stays.");
    }
  }

  private PreviewUrl.Access access() {
    if (isPublic) {
      return PreviewUrl.Access.PUBLIC;
    }
    return isPrivate ? PreviewUrl.Access.PRIVATE : PreviewUrl.Access.SIGNED;
  }

  private void show(Sandbox found, PreviewUrl preview) {
    session.out().line(preview.url().toString());
    if (preview.token().isPresent()) {
      session
          .out()
          .line("%s: %s".formatted(preview.header().orElseThrow(), preview.token().get().reveal()));
      session.err().line("Log in to Daytona in the browser, or send that header.");
    }
    if (isPublic) {
      session.err().line("All ports of '%s' are public now.".formatted(found.name()));
    }
    preview
        .expires()
        .ifPresent(
            end ->
                session
                    .err()
                    .line(
                        "Whoever has the address can use it until %s."
                            .formatted(Durations.text(end, session.host().clock().getZone()))));
    sayWhenSilent(found);
  }

  private int preview(Sandbox found) {
    try (PortForward.Preview preview = found.localPreview(port)) {
      session.out().line(preview.url().toString());
      sayWhenSilent(found);
      session.err().line("Only who has this address gets in. Ctrl-C ends it.");
      return untilInterrupted();
    }
  }

  private int forward(Sandbox found) {
    try (PortForward forwarding = found.forward(port)) {
      session.out().line("127.0.0.1:" + forwarding.address().getPort());
      sayWhenSilent(found);
      session
          .err()
          .line("Every program and every user of this machine can connect. Ctrl-C ends it.");
      return untilInterrupted();
    }
  }

  private static int untilInterrupted() {
    try {
      new CountDownLatch(1).await();
      return ExitCode.OK;
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("forwarding a port", e);
    }
  }

  private void sayWhenSilent(Sandbox found) {
    if (!found.listeningPorts().contains(port)) {
      session
          .err()
          .line(
              "Nothing listens on port %d of '%s' yet; it works once something does."
                  .formatted(port, found.name()));
    }
  }
}
