package dev.dispense.docker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers with what it was asked, and remembers the headers of the last request. */
public final class EchoServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<String>> headers = new ConcurrentHashMap<>();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  private final CountDownLatch held = new CountDownLatch(1);

  public EchoServer() {
    this(Optional.empty());
  }

  /**
   * @param identity with which it speaks TLS
   */
  public EchoServer(Optional<TestIdentity> identity) {
    InetSocketAddress anyPort = new InetSocketAddress("0.0.0.0", 0);
    try {
      if (identity.isPresent()) {
        HttpsServer secure = HttpsServer.create(anyPort, 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(identity.get().context()));
        server = secure;
      } else {
        server = HttpServer.create(anyPort, 0);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public List<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** Returns the values of all headers of the last request. */
  public String headers() {
    return headers.values().toString();
  }

  public void forget() {
    headers.clear();
    paths.clear();
  }

  public List<String> paths() {
    return paths;
  }

  /** Whether an answer that was begun is still kept from its end. */
  public boolean isHeld() {
    return held.getCount() == 1;
  }

  private void answer(HttpExchange exchange) throws IOException {
    paths.add(exchange.getRequestURI().toString());
    headers.clear();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    byte[] body = exchange.getRequestBody().readAllBytes();
    if (exchange.getRequestURI().getPath().endsWith("/slow")) {
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write("first\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        held.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    byte[] echo =
        (exchange.getRequestMethod()
                + " "
                + exchange.getRequestURI()
                + " "
                + new String(body, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, echo.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(echo);
    }
  }

  @Override
  public void close() {
    held.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
