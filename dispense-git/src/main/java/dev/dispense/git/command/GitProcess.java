package dev.dispense.git.command;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.support.BoundedOutput;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves the data of one running git. Each stream has a thread of its own, so that the calling one
 * only waits and can be interrupted; an interrupt, or a stream that fails, kills git and all that
 * it started.
 */
public final class GitProcess {
  /** The most that is gathered of one output. */
  static final int OUTPUT_LIMIT = 64 << 20;

  private static final int ERROR_LIMIT = 16 << 10;

  private final Process process;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  GitProcess(Process process) {
    this.process = process;
  }

  /**
   * How git ended.
   *
   * @param exitCode its exit code
   * @param stderr the beginning of its standard error
   */
  record End(int exitCode, String stderr) {}

  /** Reads what git writes, to its end. */
  @FunctionalInterface
  public interface Sink {
    void drain(InputStream output) throws IOException;
  }

  /** Waits for the end of git; none of the streams is closed. */
  End pipe(InputStream input, Sink output, String doing) {
    BoundedOutput errors = BoundedOutput.cutAt(ERROR_LIMIT);
    List<Thread> threads = new ArrayList<>();
    threads.add(start(doing + " stdin", () -> feed(input)));
    threads.add(start(doing + " stdout", () -> output.drain(process.getInputStream())));
    threads.add(start(doing + " stderr", () -> process.getErrorStream().transferTo(errors)));
    try {
      int exitCode = process.waitFor();
      for (Thread thread : threads) {
        thread.join();
      }
      rethrow(doing);
      String said = errors.text(StandardCharsets.UTF_8);
      return new End(exitCode, PrintableText.printable(said));
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("running " + doing, e);
    } finally {
      kill();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private Thread start(String name, Step step) {
    return DaemonThread.start(
        "dispense " + name,
        () -> {
          try {
            step.run();
          } catch (IOException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            kill();
          }
        });
  }

  private void feed(InputStream input) throws IOException {
    byte[] buffer = new byte[64 << 10];
    try (OutputStream stdin = process.getOutputStream()) {
      for (int n = input.read(buffer); n >= 0; n = input.read(buffer)) {
        try {
          stdin.write(buffer, 0, n);
          stdin.flush();
        } catch (IOException e) {
          // Git reads no further, because it has failed or knows enough; its exit code says which.
          return;
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void rethrow(String doing) {
    Throwable thrown = failure.get();
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown instanceof IOException e) {
      throw new DispenseException(
          "Tried to pass on the data of " + doing + " but failed because " + e.getMessage() + ".",
          e);
    }
  }
}
