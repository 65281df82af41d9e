package dev.dispense.testkit.daytona;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Opens a WebSocket and notes all that comes. */
final class SocketProbe implements WebSocket.Listener {
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final StringBuilder texts = new StringBuilder();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private int largest;
  private @Nullable WebSocket socket;

  static SocketProbe open(DaytonaClient client, URI uri, String key, Map<String, String> headers) {
    SocketProbe probe = new SocketProbe();
    WebSocket.Builder builder =
        client.http().newWebSocketBuilder().header("Authorization", "Bearer " + key);
    headers.forEach(builder::header);
    URI address = URI.create(uri.toString().replaceFirst("^http", "ws"));
    probe.socket = builder.buildAsync(address, probe).join();
    return probe;
  }

  WebSocket socket() {
    return Objects.requireNonNull(socket);
  }

  /** Returns the close code and reason, or {@code cut}. */
  String awaitEnd() throws Exception {
    return end.get(60, TimeUnit.SECONDS);
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

  synchronized void await(Predicate<String> condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.test(text())) {
      if (System.nanoTime() > deadline || end.isDone()) {
        throw new AssertionError("It never came. What came is: " + text());
      }
      wait(1000);
    }
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onBinary(
      WebSocket from, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    received.writeBytes(bytes);
    largest = Math.max(largest, bytes.length);
    notifyAll();
    from.request(1);
    return null;
  }

  @Override
  public synchronized @Nullable CompletionStage<?> onText(
      WebSocket from, CharSequence data, boolean last) {
    texts.append(data);
    notifyAll();
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    end.complete(code == 1006 ? "cut" : code + " " + reason);
    wake();
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    end.complete("cut");
    wake();
  }

  private synchronized void wake() {
    notifyAll();
  }
}
