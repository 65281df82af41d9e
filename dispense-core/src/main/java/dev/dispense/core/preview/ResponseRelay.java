package dev.dispense.core.preview;

import dev.dispense.core.io.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.function.BooleanSupplier;

/**
 * Passes the answers of a server on as they are, on a thread of its own, and knows where each ends.
 * What is no proper HTTP is passed on too, up to the end of the connection.
 */
final class ResponseRelay {
  private final InputStream in;
  private final OutputStream out;
  private boolean awaited;
  private boolean toHead;
  private boolean upgraded;
  private boolean ended;
  private boolean silent = true;

  ResponseRelay(InputStream in, OutputStream out) {
    this.in = in;
    this.out = out;
  }

  /** Tells of a request before it is sent. */
  synchronized void expect(HttpHead request) {
    awaited = true;
    toHead = request.method().equals("HEAD");
  }

  /**
   * Waits until the request is answered.
   *
   * @return whether the server takes another request
   */
  synchronized boolean await() throws IOException {
    sleepWhile(() -> awaited && !ended);
    return !ended;
  }

  /** Waits for the head of the answer, and returns whether the connection is a WebSocket now. */
  synchronized boolean awaitUpgrade() throws IOException {
    sleepWhile(() -> awaited && !ended && !upgraded);
    return upgraded;
  }

  private synchronized void sleepWhile(BooleanSupplier condition) throws IOException {
    try {
      while (condition.getAsBoolean()) {
        wait();
      }
    } catch (InterruptedException e) {
      throw Pipe.interrupted();
    }
  }

  /** Whether a request is not answered, nor was any before. */
  synchronized boolean isSilent() {
    return awaited && silent;
  }

  /**
   * Passes answers on until the server ends the connection, or the client takes no more, and closes
   * the input.
   */
  void passOn() throws IOException {
    try (in) {
      boolean more = true;
      while (more) {
        byte[] head = HttpHead.read(in);
        more = head.length > 0 && passOn(head);
      }
    } finally {
      end();
    }
  }

  /** Returns whether another answer can follow. */
  private boolean passOn(byte[] bytes) throws IOException {
    heard();
    out.write(bytes);
    out.flush();
    HttpHead head;
    try {
      head = HttpHead.ofAnswer(bytes);
    } catch (ProtocolException e) {
      HttpBody.copyAll(in, out);
      return false;
    }
    if (head.status() == 101) {
      upgrade();
      HttpBody.copyAll(in, out);
      return false;
    }
    if (head.status() >= 200) {
      HttpBody body = HttpBody.ofAnswer(head, isToHead());
      body.copy(in, out);
      answered();
      return body.kind() != HttpBody.Kind.END_OF_INPUT;
    }
    return true;
  }

  private synchronized void heard() {
    silent = false;
  }

  private synchronized boolean isToHead() {
    return toHead;
  }

  private synchronized void upgrade() {
    upgraded = true;
    notifyAll();
  }

  private synchronized void answered() {
    awaited = false;
    notifyAll();
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }
}
