package dev.dispense.core.preview;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** An answer of our own, after which the connection ends. */
record HttpResponse(int status, List<HttpHead.Field> fields, String text) {
  private static final Map<Integer, String> REASONS =
      Map.of(
          200, "OK",
          303, "See Other",
          400, "Bad Request",
          401, "Unauthorized",
          403, "Forbidden",
          502, "Bad Gateway");

  HttpResponse {
    fields = List.copyOf(fields);
  }

  static HttpResponse refusal(int status, String text) {
    return new HttpResponse(status, List.of(), text + "\n");
  }

  HttpResponse with(String name, String value) {
    return new HttpResponse(status, head().with(name, value).fields(), text);
  }

  private HttpHead head() {
    return new HttpHead("HTTP/1.1 %d %s".formatted(status, REASONS.get(status)), fields);
  }

  /**
   * @param toHead whether it answers a HEAD, and so has no body
   */
  byte[] bytes(boolean toHead) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        head()
            .with("Content-Type", "text/plain; charset=utf-8")
            .with("X-Content-Type-Options", "nosniff")
            .with("Cache-Control", "no-store")
            .with("Content-Length", Integer.toString(body.length))
            .with("Connection", "close")
            .bytes();
    if (toHead) {
      return head;
    }
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }
}
