package dev.dispense.cli;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.agents.ClaudeCodeAgent;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Console;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.SystemConsole;
import dev.dispense.core.CoreDispense;
import dev.dispense.daytona.DaytonaProviderFactory;
import dev.dispense.docker.DockerProviderFactory;
import dev.dispense.git.GitSourceProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The main class of the {@code dispense} command.
 *
 * <p>What every start runs is written without lambdas: the first one in a process costs a tenth of
 * the start of Java, even from an archive of classes.
 */
public final class Main {
  private static final long UNDO_SECONDS = 120;

  /** On Linux and on macOS. */
  private static final List<String> SELECTOR_PROVIDERS =
      List.of("sun.nio.ch.EPollSelectorProvider", "sun.nio.ch.KQueueSelectorProvider");

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command line; see {@code dispense --help}
   */
  public static void main(String[] args) {
    List<String> arguments = List.of(args);
    int exitCode = execute(arguments, new Opener());
    // From Java 21 on, exit looks for a logger in every jar. What these commands start are daemon
    // threads.
    if (exitCode != ExitCode.OK || !FastPath.isOne(arguments)) {
      System.exit(exitCode);
    }
  }

  /** Runs one command, until it is done or a signal ends it, and returns its exit code. */
  static int execute(List<String> arguments, Supplier<Dispense> opener) {
    nameLogger();
    nameSockets();
    SystemConsole console = new SystemConsole();
    CountDownLatch done = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Stop(Thread.currentThread(), done, console));
    try {
      return run(console, opener, Path.of("").toAbsolutePath(), arguments);
    } finally {
      done.countDown();
    }
  }

  /** Names the logger, which would be looked for in every jar otherwise. */
  private static void nameLogger() {
    System.setProperty("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
    System.setProperty("slf4j.internal.verbosity", "WARN");
  }

  /**
   * Names Java's own implementation of sockets, in place of which another would be looked for in
   * every jar.
   */
  private static void nameSockets() {
    String property = "java.nio.channels.spi.SelectorProvider";
    if (System.getProperty(property) != null) {
      return;
    }
    for (String name : SELECTOR_PROVIDERS) {
      try {
        Class<?> found = Class.forName(name, false, null);
        System.setProperty(property, found.getName());
        return;
      } catch (ClassNotFoundException e) {
        // Another kind of system.
      }
    }
  }

  private static int run(
      Console console, Supplier<Dispense> opener, Path directory, List<String> arguments) {
    if (FastPath.isOne(arguments)) {
      try (Session session = new Session(console, opener, directory)) {
        return FastPath.run(session, arguments);
      }
    }
    if (Cli.wantsDebug(arguments)) {
      // Before the first logger is made, which reads it once.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
    return new Cli(console, opener, directory).run(arguments);
  }

  /** The command is a closed set of jars: what is in them is known, and need not be looked for. */
  private static Dispense open(Environment host) {
    return new CoreDispense.Builder()
        .environment(host)
        .withoutClassPath()
        .plugin(new DockerProviderFactory())
        .plugin(new DaytonaProviderFactory())
        .plugin(new GitSourceProvider())
        .plugin(new ClaudeCodeAgent())
        .build();
  }

  /**
   * Runs when Ctrl-C, a closed terminal or a TERM signal ends the process while a command is at
   * work: the command is interrupted, as any call of the library can be, and has time to undo what
   * it began.
   */
  private static final class Stop extends Thread {
    private final Thread worker;
    private final CountDownLatch done;
    private final SystemConsole console;

    Stop(Thread worker, CountDownLatch done, SystemConsole console) {
      super("dispense-stop");
      this.worker = worker;
      this.done = done;
      this.console = console;
    }

    @Override
    public void run() {
      if (done.getCount() == 0) {
        return;
      }
      worker.interrupt();
      try {
        if (!done.await(1, TimeUnit.SECONDS)) {
          console.say("dispense: Stopping ...");
          if (!done.await(UNDO_SECONDS, TimeUnit.SECONDS)) {
            console.say("dispense: It takes too long to stop. See: dispense list");
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Opens the library for this machine. */
  static class Opener implements Supplier<Dispense> {
    @Override
    public Dispense get() {
      return open(host());
    }

    Environment host() {
      return Environment.current();
    }
  }
}
