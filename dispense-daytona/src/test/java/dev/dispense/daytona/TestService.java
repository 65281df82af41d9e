package dev.dispense.daytona;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import okio.ByteString;

/** A small server that answers as a test says, and remembers what it was asked. */
public final class TestService implements AutoCloseable {
  /** All goes well. */
  static final Disturbance NONE = new Disturbance() {};

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Disturbance> disturbances = new ConcurrentLinkedQueue<>();
  private final Handler handler;
  private volatile Function<Asked, Disturbance> meddler = asked -> NONE;

  /** A request as it came. */
  public record Asked(
      String method,
      String path,
      String query,
      Map<String, List<String>> headers,
      ByteString body) {
    public String header(String name) {
      List<String> values = headers.getOrDefault(name, List.of());
      return values.isEmpty() ? "" : values.get(0);
    }

    Asked cutAfter(int bytes) {
      return new Asked(method, path, query, headers, body.substring(0, bytes));
    }

    String call() {
      return method + " " + path;
    }

    JsonNode json() {
      try {
        return JSON.readTree(body.utf8());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** An answer. */
  public record Answered(int status, Map<String, String> headers, ByteString body) {
    public static Answered json(int status, String body) {
      return new Answered(status, Map.of(), ByteString.encodeUtf8(body));
    }

    Answered with(String header, String value) {
      return new Answered(status, Map.of(header, value), body);
    }
  }

  /** Answers a request. */
  public interface Handler {
    Answered answer(Asked asked) throws IOException;
  }

  /** What happens to one exchange instead of its going well. */
  public interface Disturbance {
    /**
     * Returns another answer; or none, when what was asked is done and {@link #sent} tells how much
     * of the answer goes out.
     */
    default Optional<Answered> instead() {
      return Optional.empty();
    }

    /** Returns how many bytes of the request's body arrive before the connection is cut. */
    default int taken() {
      return Integer.MAX_VALUE;
    }

    /** Returns how many of the body's bytes are sent before the connection is cut. */
    default int sent(int length) {
      return length;
    }
  }

  public TestService(Handler handler) {
    this.handler = handler;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.createContext("/", this::serve);
    server.setExecutor(threads);
    server.start();
  }

  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  public List<Asked> asked() {
    return asked;
  }

  /** Returns the calls that were made, as method and path. */
  public List<String> calls() {
    return asked.stream().map(Asked::call).toList();
  }

  public void disturb(Disturbance disturbance) {
    disturbances.add(disturbance);
  }

  /** Gives the next request this answer, and does nothing. */
  public void answerNext(Answered answer) {
    disturb(
        new Disturbance() {
          @Override
          public Optional<Answered> instead() {
            return Optional.of(answer);
          }
        });
  }

  /** Disturbs the requests that none of the other disturbances is left for. */
  void meddle(Function<Asked, Disturbance> newMeddler) {
    meddler = newMeddler;
  }

  /** Takes only the first bytes of a request, and does what can be done with them. */
  static Disturbance cutRequestAfter(int bytes) {
    return new Disturbance() {
      @Override
      public int taken() {
        return bytes;
      }
    };
  }

  /** Does what the request asks for, and sends only the first bytes of the answer. */
  static Disturbance cutAnswerAfter(int bytes) {
    return new Disturbance() {
      @Override
      public int sent(int length) {
        return bytes;
      }
    };
  }

  /** Does what the next request asks for, and sends only the first bytes of the answer. */
  public void cutNextAnswerAfter(int bytes) {
    disturb(cutAnswerAfter(bytes));
  }

  private void serve(HttpExchange exchange) throws IOException {
    Asked request =
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            String.valueOf(exchange.getRequestURI().getQuery()),
            Map.copyOf(exchange.getRequestHeaders()),
            ByteString.of(exchange.getRequestBody().readAllBytes()));
    asked.add(request);
    Disturbance next = disturbances.poll();
    Disturbance disturbance = next == null ? meddler.apply(request) : next;
    if (disturbance.taken() < request.body().size()) {
      Answered unused = handler.answer(request.cutAfter(disturbance.taken()));
      exchange.close();
      return;
    }
    Optional<Answered> instead = disturbance.instead();
    Answered answer = instead.isPresent() ? instead.get() : handler.answer(request);
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    int length = answer.body().size();
    int sent = Math.min(length, disturbance.sent(length));
    exchange.sendResponseHeaders(answer.status(), length == 0 ? -1 : length);
    if (length > 0) {
      exchange.getResponseBody().write(answer.body().toByteArray(), 0, sent);
      exchange.getResponseBody().flush();
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
