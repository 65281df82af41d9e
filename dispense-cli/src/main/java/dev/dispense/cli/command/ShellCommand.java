package dev.dispense.cli.command;

import dev.dispense.Sandbox;
import dev.dispense.cli.session.Attachment;
import dev.dispense.cli.session.LocationOptions;
import dev.dispense.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    name = "shell",
    description = {
      "Opens a shell in a sandbox, in its workspace, and returns the shell's exit code.",
      "Leave it with exit or Ctrl-D. Without a terminal it runs the script on standard input.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense shell fix-login",
      "  dispense shell fix-login <script.sh"
    })
public final class ShellCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Mixin private final LocationOptions side = new LocationOptions();

  public ShellCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (Sandbox found = side.sandbox(session, sandbox)) {
      return open(session, found);
    }
  }

  /** Opens a shell, and returns its exit code. */
  static int open(Session session, Sandbox found) {
    return new Attachment(session).exec(found, Attachment.SHELL, null);
  }
}
