package dev.dispense.cli.command;

import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "stop",
    description = {
      "Stops sandboxes: what runs in them ends, their files stay.",
      "A task that was running is lost; its work so far is not.",
      ""
    },
    footer = {"", "Example:", "  dispense stop fix-login"})
public final class StopCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(arity = "1..*", paramLabel = "<sandbox>", description = "Their names or ids.")
  private List<String> sandboxes = List.of();

  @Option(
      names = "--grace",
      paramLabel = "<time>",
      converter = Durations.Converter.class,
      description = "How long what runs has to end by itself; default 10s.")
  private Duration grace = Duration.ofSeconds(10);

  public StopCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    for (String name : sandboxes) {
      session.sandbox(name).stop(grace);
      session.out().line("Stopped '%s'. To go on: dispense start %s".formatted(name, name));
    }
    return ExitCode.OK;
  }
}
