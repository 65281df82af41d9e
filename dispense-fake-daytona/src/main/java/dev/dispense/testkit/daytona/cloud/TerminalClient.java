package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.http.FrameSocket;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** One that looks at a terminal; it is cut off when it does not read what it is shown. */
final class TerminalClient {
  private static final int MOST = 256;
  private static final byte[] END = new byte[0];

  private final FrameSocket socket;
  private final BlockingQueue<byte[]> shown = new ArrayBlockingQueue<>(MOST + 1);
  private @Nullable volatile Close close;

  TerminalClient(FrameSocket socket) {
    this.socket = socket;
  }

  void show(byte[] bytes) {
    if (shown.size() >= MOST) {
      end(1008, "slow consumer");
    } else {
      shown.offer(bytes);
    }
  }

  /** Ends the connection when all was written that was shown. */
  void end(int code, String reason) {
    if (close == null) {
      close = new Close(code, reason);
      if (code == 1008) {
        shown.clear();
      }
      shown.offer(END);
    }
  }

  /** The connection has ended. */
  void gone() {
    shown.clear();
    shown.offer(END);
  }

  /** Writes what is shown, until the end. */
  void write() {
    try {
      socket.text("{\"type\":\"control\",\"status\":\"connected\"}");
      for (byte[] bytes = shown.take(); bytes.length > 0; bytes = shown.take()) {
        socket.binary(bytes, bytes.length);
      }
      Close how = close;
      if (how != null) {
        socket.close(how.code(), how.reason());
      }
    } catch (IOException e) {
      socket.cut();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      socket.cut();
    }
  }

  private record Close(int code, String reason) {}
}
