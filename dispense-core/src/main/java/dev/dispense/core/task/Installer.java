package dev.dispense.core.task;

import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.ExecResult;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.core.io.LineOutput;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Finds and installs an agent's programs in a running sandbox. */
public final class Installer {
  private final SandboxConnection connection;
  private final SandboxName name;

  public Installer(SandboxConnection connection, SandboxName name) {
    this.connection = connection;
    this.name = name;
  }

  /** Returns the version that is installed; empty when the program is not there. */
  public Optional<String> version(Software software) {
    ExecResult result = connection.exec(command(software, software.check()));
    return result.isSuccess()
        ? Optional.of(PrintableText.printable(result.stdout().lines().findFirst().orElse(""), 80))
        : Optional.empty();
  }

  /** Installs what is missing of the agent's programs. */
  public void install(Agent agent, Environment host, Progress.Listener progress) {
    for (Software software : agent.software(host)) {
      if (version(software).isEmpty()) {
        install(software, progress);
      }
    }
  }

  private void install(Software software, Progress.Listener progress) {
    String step = "Installing " + software.id() + " " + software.version();
    progress.onProgress(Progress.of(step));
    StringBuilder last = new StringBuilder();
    LineOutput.Receiver receiver =
        (line, omitted) -> {
          progress.onProgress(Progress.of(step, line));
          last.setLength(0);
          last.append(line);
        };
    LineOutput stderr = new LineOutput(receiver);
    int exitCode =
        connection.exec(command(software, software.install()), new LineOutput(receiver), stderr);
    stderr.finish();
    if (exitCode != 0) {
      throw new UnavailableException(
          ("Tried to install %s %s in the sandbox '%s' but failed with exit code %d: %s. Use an"
                  + " image that has it, or see to it that the sandbox can fetch it.")
              .formatted(
                  software.id(),
                  software.version(),
                  name,
                  exitCode,
                  PrintableText.printable(last.toString(), 300)));
    }
  }

  private Command command(Software software, String script) {
    Map<String, String> environment = new TreeMap<>(software.environment());
    environment.put(
        "DISPENSE_SOFTWARE", connection.layout().dispense() + "/software/" + software.id());
    return Command.of("sh", "-c", script).withEnvironment(environment);
  }
}
