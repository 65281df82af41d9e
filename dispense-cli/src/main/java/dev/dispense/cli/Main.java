package dev.dispense.cli;

import dev.dispense.Dispense;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The main class of the {@code dispense} command. */
public final class Main {
  private static final long UNDO_SECONDS = 120;

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command line; see {@code dispense --help}
   */
  public static void main(String[] args) {
    List<String> arguments = List.of(args);
    if (Cli.wantsDebug(arguments)) {
      // Before the first logger is made, which reads it once.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    }
    SystemConsole console = new SystemConsole();
    CountDownLatch done = new CountDownLatch(1);
    Thread worker = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> interrupt(worker, done, console), "dispense-stop"));
    int exitCode = ExitCode.FAILED;
    try {
      exitCode = new Cli(console, Dispense::create, Path.of("").toAbsolutePath()).run(arguments);
    } finally {
      done.countDown();
    }
    System.exit(exitCode);
  }

  /**
   * Runs when Ctrl-C, a closed terminal or a TERM signal ends the process while a command is at
   * work: the command is interrupted, as any call of the library can be, and has time to undo what
   * it began.
   */
  private static void interrupt(Thread worker, CountDownLatch done, SystemConsole console) {
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
