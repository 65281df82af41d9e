package dev.dispense.cli.command;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.cli.session.SandboxOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.UsageException;
import dev.dispense.daytona.DaytonaLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "login",
    description = {
      "Checks a key for Daytona and stores it, so that --remote works.",
      "At a terminal it asks for the key; elsewhere the key is read from standard input.",
      ""
    },
    footer = {"", "Examples:", "  dispense login daytona", "  dispense login daytona <key.txt"})
public final class LoginCommand implements Callable<Integer> {
  private static final int LONGEST_KEY = 4096;

  private final Session session;

  @Parameters(paramLabel = "<service>", description = "The service: daytona.")
  private String service = "";

  public LoginCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (!service.equals(SandboxOptions.REMOTE_PROVIDER)) {
      throw new UsageException(
          "There is no service '%s' to log in to, only daytona: dispense login daytona"
              .formatted(service));
    }
    Environment host = session.host();
    Path file = DaytonaLogin.store(host, key());
    session.out().line("The key is accepted, and stored in %s.".formatted(file));
    if (host.variable("DAYTONA_API_KEY").isPresent()) {
      session.err().line("As long as DAYTONA_API_KEY is set, that key is used instead.");
    }
    return ExitCode.OK;
  }

  private Secret key() {
    String key =
        session.questions().canAsk()
            ? session.questions().secret("Key for Daytona").orElse("")
            : read();
    if (key.isBlank()) {
      throw new UsageException(
          "No key was given. Daytona's dashboard makes one; nothing was stored.");
    }
    try {
      return Secret.of(key.strip());
    } catch (IllegalArgumentException e) {
      throw new UsageException("That is no key: a key is one line.");
    }
  }

  private String read() {
    try {
      byte[] bytes = session.console().in().readNBytes(LONGEST_KEY);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read the key from standard input but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }
}
