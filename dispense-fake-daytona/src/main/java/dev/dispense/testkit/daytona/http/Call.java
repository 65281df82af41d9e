package dev.dispense.testkit.daytona.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request and its answer. A fault may cut the connection in the middle of either. */
public final class Call {
  private static final int MAX_JSON = 16 << 20;

  private final HttpServerExchange exchange;
  private final List<String> segments;
  private final Map<String, List<String>> query;
  private final Cut cut;
  private final boolean upgrade;
  private byte @Nullable [] text;

  public Call(HttpServerExchange exchange, Cut cut) {
    this.exchange = exchange;
    this.cut = cut;
    this.segments = segments(exchange.getRequestURI());
    this.query = query(exchange.getQueryString());
    this.upgrade = "websocket".equalsIgnoreCase(header("Upgrade").orElse(""));
  }

  public HttpServerExchange exchange() {
    return exchange;
  }

  public String method() {
    return exchange.getRequestMethod().toString();
  }

  /** Whether the client asks for a WebSocket. */
  public boolean upgrade() {
    return upgrade;
  }

  /** The path and the query, as they came. */
  public String target() {
    String query = exchange.getQueryString();
    return exchange.getRequestURI() + (query.isEmpty() ? "" : "?" + query);
  }

  /** The decoded parts of the path. */
  public List<String> segments() {
    return segments;
  }

  public Map<String, List<String>> query() {
    return query;
  }

  public Optional<String> parameter(String name) {
    return parameters(name).stream().findFirst();
  }

  public List<String> parameters(String name) {
    return query.getOrDefault(name, List.of());
  }

  public Optional<String> header(String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  public Map<String, String> headers() {
    Map<String, String> headers = new TreeMap<>();
    for (HeaderValues values : exchange.getRequestHeaders()) {
      headers.put(
          values.getHeaderName().toString().toLowerCase(Locale.ROOT),
          String.valueOf(values.peek()));
    }
    return headers;
  }

  /** The body as it streams in. */
  public InputStream input() {
    start();
    return cut.input(exchange.getInputStream(), this::cutConnection);
  }

  /**
   * The body as JSON; missing when there is none.
   *
   * @throws IOException when it is not JSON, or cut off
   */
  public Optional<JsonNode> json() throws IOException {
    if (!header("Content-Type").orElse("").startsWith("application/json")) {
      return Optional.empty();
    }
    byte[] bytes = text;
    if (bytes == null) {
      bytes = input().readNBytes(MAX_JSON);
      text = bytes;
    }
    return bytes.length == 0 ? Optional.empty() : Optional.of(Json.parse(bytes));
  }

  /** The body as a JSON object; an empty one when there is none. */
  public ObjectNode object() throws IOException {
    return json().orElse(null) instanceof ObjectNode object ? object : Json.object();
  }

  public void answerHeader(String name, String value) {
    exchange.getResponseHeaders().put(new HttpString(name), value);
  }

  public void answer(int status, JsonNode body) throws IOException {
    answerHeader("Content-Type", "application/json; charset=utf-8");
    answer(status, Json.bytes(body));
  }

  public void answer(int status) throws IOException {
    answer(status, new byte[0]);
  }

  public void answer(int status, byte[] body) throws IOException {
    exchange.setStatusCode(status);
    if (status != 204) {
      exchange.getResponseHeaders().put(Headers.CONTENT_LENGTH, body.length);
    }
    try (OutputStream output = output(status)) {
      output.write(body);
    }
  }

  /** Begins an answer whose body is written by and by. */
  public OutputStream output(int status) {
    start();
    exchange.setStatusCode(status);
    return cut.output(exchange.getOutputStream(), this::cutConnection);
  }

  Cut cut() {
    return cut;
  }

  /** Ends the connection without a word. */
  public void cutConnection() {
    try {
      exchange.getConnection().close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  public boolean answered() {
    return exchange.isResponseStarted();
  }

  private void start() {
    if (!exchange.isBlocking()) {
      exchange.startBlocking();
    }
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String part : path.substring(1).split("/", -1)) {
      segments.add(decode(part.replace("+", "%2B")));
    }
    return List.copyOf(segments);
  }

  private static Map<String, List<String>> query(String text) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        query
            .computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
            .add(parts.length > 1 ? decode(parts[1]) : "");
      }
    }
    return query;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
