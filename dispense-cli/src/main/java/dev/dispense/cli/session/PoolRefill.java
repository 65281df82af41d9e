package dev.dispense.cli.session;

import dev.dispense.Environment;
import dev.dispense.cli.terminal.UsageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares sandboxes in a process of its own, which goes on when this command has ended. */
public final class PoolRefill {
  private static final Logger log = LoggerFactory.getLogger(PoolRefill.class);
  private static final String SETTING = "pool.size";

  /** The most that can be ready. */
  public static final int MAX = 100;

  private PoolRefill() {}

  /**
   * Returns how many sandboxes are to be ready; 0 when none are wanted.
   *
   * @throws UsageException when the setting is not a number from 0 to {@value #MAX}
   */
  public static int size(Environment host) {
    String value = host.setting(SETTING).orElse("0");
    int size = value.matches("\\d{1,3}") ? Integer.parseInt(value) : -1;
    if (size < 0 || size > MAX) {
      throw new UsageException(
          "The setting %s is a number of sandboxes from 0 to %d, not '%s'."
              .formatted(host.settingAsGiven(SETTING), MAX, value));
    }
    return size;
  }

  /** Starts it, where the launcher says how it was started. */
  public static void start(Environment host, Path directory, SandboxOptions options) {
    Optional<String> launcher = host.variable("DISPENSE_LAUNCHER");
    if (launcher.isEmpty()) {
      return;
    }
    List<String> argv = new ArrayList<>(List.of(launcher.get(), "pool"));
    argv.addAll(options.arguments());
    File logFile = host.stateDirectory().resolve("pool.log").toFile();
    try {
      Process unused =
          new ProcessBuilder(argv)
              .directory(directory.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(logFile)
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      log.warn("No sandbox is prepared for the next time: {}", e.getMessage());
    }
  }
}
