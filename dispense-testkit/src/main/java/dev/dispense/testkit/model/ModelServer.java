package dev.dispense.testkit.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A model server that plays a script, so that a real agent can be tested without a key and without
 * a model. It speaks as much of the Anthropic Messages API as agents use: {@code POST
 * /v1/messages}, streamed or not, and {@code POST /v1/messages/count_tokens}.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.start()) {
 *   server.reply(ModelReply.toolUse("Bash", Map.of("command", "date", "description", "Now")));
 *   server.reply(ModelReply.text("Done."));
 *   // run an agent with ANTHROPIC_BASE_URL=server.url() and any key
 *   assertThat(server.requests()).hasSize(2);
 * }
 * }</pre>
 *
 * <p>{@linkplain #reply Queued} replies are played in the order of the calls, whoever makes them:
 * right for one agent. For several, or for one that tries failed calls again, {@link #script}
 * chooses the reply by what the request says.
 *
 * <p>You own the server and must close it. Any key is accepted: it is for tests only. Safe for use
 * by several threads.
 */
public final class ModelServer implements AutoCloseable {
  private final HttpServer http;
  private final ExecutorService threads = Executors.newCachedThreadPool(ModelServer::thread);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Object lock = new Object();
  private final Queue<ModelReply> queue = new ArrayDeque<>();
  private final List<ModelRequest> requests = new ArrayList<>();
  private Function<ModelRequest, ModelReply> script = ModelServer::nothingLeft;

  private ModelServer(HttpServer http) {
    this.http = http;
  }

  /** Starts a server at a free port of the loopback. */
  public static ModelServer start() {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /**
   * Starts a server at an address of this machine. Containers do not reach the loopback: they reach
   * the address of the bridge that they are on, or, at port {@link #port()}, a server at the
   * wildcard address, which anybody else who reaches this machine can call as well.
   *
   * @param address the address; port 0 is any free one
   * @throws UncheckedIOException when nobody can listen there
   */
  public static ModelServer start(InetSocketAddress address) {
    try {
      HttpServer http = HttpServer.create(address, 0);
      ModelServer server = new ModelServer(http);
      http.createContext("/", server::handle);
      http.setExecutor(server.threads);
      http.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to listen at " + address + " but failed.", e);
    }
  }

  /** Adds a reply to the queue, and returns this server. */
  public ModelServer reply(ModelReply reply) {
    synchronized (lock) {
      queue.add(reply);
    }
    return this;
  }

  /**
   * Sets what answers when the queue is empty, and returns this server. Called by several threads
   * at once.
   */
  public ModelServer script(Function<ModelRequest, ModelReply> replies) {
    synchronized (lock) {
      script = replies;
    }
    return this;
  }

  /** Returns the port. */
  public int port() {
    return http.getAddress().getPort();
  }

  /**
   * Returns the base URL for programs on this machine, without a slash at its end; for {@code
   * ANTHROPIC_BASE_URL}.
   */
  public URI url() {
    InetAddress address = http.getAddress().getAddress();
    String host =
        address.isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress().getHostAddress()
            : address.getHostAddress();
    return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port());
  }

  /** Returns the calls to the model so far, in the order in which they came. */
  public List<ModelRequest> requests() {
    synchronized (lock) {
      return List.copyOf(requests);
    }
  }

  /** Breaks all connections, and stops listening. Closing twice does nothing. */
  @Override
  public void close() {
    closed.countDown();
    http.stop(0);
    threads.shutdownNow();
  }

  private static ModelReply nothingLeft(ModelRequest request) {
    return ModelReply.error(400, "The model server has no reply left to give.");
  }

  private static Thread thread(Runnable work) {
    return DaemonThread.of("model-server", work);
  }

  private void handle(HttpExchange exchange) throws IOException {
    ModelRequest request = read(exchange);
    String path = exchange.getRequestURI().getPath();
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    } else if (path.equals("/v1/messages/count_tokens")) {
      send(exchange, 200, "{\"input_tokens\":100}");
    } else if (path.equals("/v1/messages") && exchange.getRequestMethod().equals("POST")) {
      answer(exchange, request);
    } else {
      send(exchange, 404, ModelMessages.error(404, "There is nothing at " + path));
    }
  }

  private static ModelRequest read(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    return new ModelRequest(exchange.getRequestURI().toString(), headers, body);
  }

  private void answer(HttpExchange exchange, ModelRequest request) throws IOException {
    long number;
    ModelReply reply;
    Function<ModelRequest, ModelReply> replies;
    synchronized (lock) {
      requests.add(request);
      number = requests.size();
      reply = queue.poll();
      replies = script;
    }
    if (reply == null) {
      reply = replies.apply(request);
    }
    if (reply.end() == ModelReply.End.NEVER) {
      pause(Duration.ofDays(1));
      throw new IOException("The server was closed.");
    }
    if (reply.status() != 200) {
      pause(reply.pause());
      send(exchange, reply.status(), ModelMessages.error(reply.status(), reply.error()));
      return;
    }
    ModelMessages messages = new ModelMessages(number, request.model(), reply);
    if (request.stream()) {
      stream(exchange, messages.events(), reply);
    } else if (reply.end() == ModelReply.End.CUT) {
      sendHalf(exchange, messages.whole());
    } else {
      pause(reply.pause());
      send(exchange, 200, messages.whole());
    }
  }

  private void stream(HttpExchange exchange, List<String> events, ModelReply reply)
      throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    boolean cut = reply.end() == ModelReply.End.CUT;
    List<String> sent = cut ? events.subList(0, events.size() / 2) : events;
    OutputStream body = exchange.getResponseBody();
    if (reply.pause().isZero()) {
      // In one piece: a flush for each would wait for the other side's acknowledgements.
      body.write(bytes(String.join("", sent)));
    } else {
      for (String event : sent) {
        pause(reply.pause());
        body.write(bytes(event));
        body.flush();
      }
    }
    if (cut) {
      cut(body);
    }
    body.close();
  }

  private static void sendHalf(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = bytes(text);
    exchange.sendResponseHeaders(200, bytes.length);
    OutputStream body = exchange.getResponseBody();
    body.write(bytes, 0, bytes.length / 2);
    cut(body);
  }

  /** Breaks the connection: what a handler throws makes the server close it as it is. */
  private static void cut(OutputStream body) throws IOException {
    body.flush();
    throw new IOException("The reply is cut here.");
  }

  private void send(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = bytes(json);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  private void pause(Duration duration) throws IOException {
    try {
      if (closed.await(duration.toNanos(), TimeUnit.NANOSECONDS) && !duration.isZero()) {
        throw new IOException("The server was closed.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The server was closed.", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
