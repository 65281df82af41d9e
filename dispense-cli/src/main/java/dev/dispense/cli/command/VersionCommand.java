package dev.dispense.cli.command;

import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

@Command(name = "version", description = "Shows the version.")
public final class VersionCommand implements Callable<Integer> {
  private final Session session;

  public VersionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    session.out().line(text());
    return ExitCode.OK;
  }

  /** The same for {@code dispense --version}. */
  public static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }
  }

  private static String text() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return "dispense "
        + (version == null ? "development" : version)
        + " (Java "
        + System.getProperty("java.version")
        + ", "
        + System.getProperty("os.name")
        + ")";
  }
}
