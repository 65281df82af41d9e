package dev.dispense.docker.exec;

import dev.dispense.docker.engine.Connection;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Passes a caller's input on to a command and closes the writing half of the connection at its end.
 * It runs on a daemon thread of its own: the input may block for ever, after the command has long
 * ended.
 */
final class InputPump {
  private final InputStream stdin;
  private final Connection connection;
  private final Consumer<Exception> onUnreadable;

  /**
   * Makes a pump.
   *
   * @param onUnreadable told when {@code stdin} throws
   */
  InputPump(InputStream stdin, Connection connection, Consumer<Exception> onUnreadable) {
    this.stdin = stdin;
    this.connection = connection;
    this.onUnreadable = onUnreadable;
  }

  void start() {
    DaemonThread.start("dispense-docker-stdin", this::run);
  }

  private void run() {
    byte[] buffer = new byte[32 << 10];
    while (true) {
      int read;
      try {
        read = stdin.read(buffer);
      } catch (IOException | RuntimeException e) {
        onUnreadable.accept(e);
        return;
      }
      if (!write(buffer, read)) {
        return;
      }
    }
  }

  /** Passes one piece on, or the end; returns whether there can be more. */
  private boolean write(byte[] buffer, int length) {
    try {
      if (length < 0) {
        connection.closeOutput();
        return false;
      }
      OutputStream out = connection.output();
      out.write(buffer, 0, length);
      out.flush();
      return true;
    } catch (IOException e) {
      // The command has ended, or reads no more, which is no failure: its output tells.
      return false;
    }
  }
}
