package dev.dispense.cli.agent;

import dev.dispense.Sandbox;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Printer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "status",
    description = {
      "Shows whether the agent is installed, has a key, and works.",
      "The exit code is 0 when it can be given tasks.",
      ""
    })
final class StatusAction implements Callable<Integer> {
  private final AgentCommand group;

  StatusAction(AgentCommand group) {
    this.group = group;
  }

  @Override
  public Integer call() {
    Sandbox.AgentStatus status = group.sandbox().agentStatus(group.id());
    Printer out = group.session().out();
    out.line(
        "%s: %s"
            .formatted(
                status.displayName(),
                status.version().map(version -> "installed, " + version).orElse("not installed")));
    out.line("Key: " + status.credential().orElse("none found"));
    out.line("Tasks running or waiting: " + status.running());
    return status.version().isPresent() && status.credential().isPresent()
        ? ExitCode.OK
        : ExitCode.FAILED;
  }
}
