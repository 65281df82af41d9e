package dev.dispense.testkit.daytona;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Opens a WebSocket and notes all that comes. The client of the JDK overlooks cut connections. */
final class SocketProbe {
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PATIENCE_SECONDS = 60;

  private final Socket socket;
  private final DataInputStream input;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final StringBuilder texts = new StringBuilder();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private int largest;

  private SocketProbe(Socket socket) throws IOException {
    this.socket = socket;
    this.input = new DataInputStream(socket.getInputStream());
  }

  static SocketProbe open(URI uri, String key, Map<String, String> headers) throws IOException {
    SocketProbe probe = new SocketProbe(new Socket(uri.getHost(), uri.getPort()));
    probe.shakeHands(uri, key, headers);
    Thread reader = new Thread(probe::read, "socket-probe");
    reader.setDaemon(true);
    reader.start();
    return probe;
  }

  /** Sends a message. */
  void send(String text, boolean binary) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 125) {
      throw new IllegalArgumentException("too long for a small frame");
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | (binary ? BINARY : TEXT));
    frame.write(0x80 | bytes.length);
    frame.writeBytes(new byte[4]); // a mask that changes nothing
    frame.writeBytes(bytes);
    socket.getOutputStream().write(frame.toByteArray());
  }

  /** Returns the close code and reason, or {@code cut}. */
  String awaitEnd() throws Exception {
    return end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  synchronized byte[] bytes() {
    return received.toByteArray();
  }

  synchronized String text() {
    return received.toString(StandardCharsets.UTF_8);
  }

  synchronized String controls() {
    return texts.toString();
  }

  synchronized int largest() {
    return largest;
  }

  /** Waits until what came is as wanted. */
  synchronized void await(Predicate<String> condition) throws InterruptedException {
    long start = System.nanoTime();
    while (!condition.test(text())) {
      boolean late = System.nanoTime() - start > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      if (late || end.isDone()) {
        throw new AssertionError("It never came. What came is: " + text());
      }
      wait(1000);
    }
  }

  private void shakeHands(URI uri, String key, Map<String, String> headers) throws IOException {
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder request = new StringBuilder();
    request.append("GET ").append(uri.getRawPath()).append(query).append(" HTTP/1.1\r\n");
    request.append("Host: ").append(uri.getAuthority()).append("\r\n");
    request.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    request.append("Authorization: Bearer ").append(key).append("\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    request.append("\r\n");
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) input.readUnsignedByte());
    }
    if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException(answer.toString());
    }
  }

  private void read() {
    try (socket) {
      while (!end.isDone()) {
        readFrame();
      }
    } catch (IOException e) {
      end.complete("cut");
    }
    wake();
  }

  private void readFrame() throws IOException {
    int kind = input.readUnsignedByte() & 0x0f;
    int length = input.readUnsignedByte();
    if (length == 126) {
      length = input.readUnsignedShort();
    } else if (length == 127) {
      length = Math.toIntExact(input.readLong());
    }
    byte[] bytes = input.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    if (kind == CLOSE) {
      int code = bytes.length < 2 ? 1005 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
      int reason = Math.min(2, bytes.length);
      end.complete(
          code + " " + new String(bytes, reason, bytes.length - reason, StandardCharsets.UTF_8));
    } else {
      note(kind, bytes);
    }
  }

  private synchronized void note(int kind, byte[] bytes) {
    if (kind == TEXT) {
      texts.append(new String(bytes, StandardCharsets.UTF_8));
    } else {
      received.writeBytes(bytes);
      largest = Math.max(largest, bytes.length);
    }
    notifyAll();
  }

  private synchronized void wake() {
    notifyAll();
  }
}
