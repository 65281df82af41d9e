package dev.dispense.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ModelServerTest {
  private static final JsonMapper JSON = new JsonMapper();

  private final ModelServer server = ModelServer.start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void streamsATextAsTheMessagesApiDoes() throws Exception {
    server.reply(ModelReply.text("It is \"done\" – really."));

    HttpResponse<String> response = post(streamed("hello"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
    List<JsonNode> events = events(response.body());
    assertThat(events)
        .extracting(event -> event.path("type").asText())
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(events.get(0).at("/message/model").asText()).isEqualTo("claude-test");
    assertThat(events.get(2).at("/delta/text").asText()).isEqualTo("It is \"done\" – really.");
    assertThat(events.get(4).at("/delta/stop_reason").asText()).isEqualTo("end_turn");
  }

  @Test
  void streamsTheUseOfAToolAfterAText() throws Exception {
    server.reply(
        ModelReply.text("Look.").thenToolUse("Bash", Map.of("command", "echo \"a\n\" | wc")));

    List<JsonNode> events = events(post(streamed("hello")).body());

    JsonNode start = events.get(4);
    assertThat(start.path("index").asInt()).isEqualTo(1);
    assertThat(start.at("/content_block/name").asText()).isEqualTo("Bash");
    assertThat(start.at("/content_block/id").asText()).startsWith("toolu_");
    JsonNode input = JSON.readTree(events.get(5).at("/delta/partial_json").asText());
    assertThat(input.path("command").asText()).isEqualTo("echo \"a\n\" | wc");
    assertThat(events.get(7).at("/delta/stop_reason").asText()).isEqualTo("tool_use");
  }

  @Test
  void answersACallWithoutStreamingWithTheWholeMessage() throws Exception {
    server.reply(ModelReply.toolUse("Write", Map.of("file_path", "/a", "content", "b")));

    JsonNode message = JSON.readTree(post("{\"model\":\"claude-test\",\"messages\":[]}").body());

    assertThat(message.at("/content/0/input/file_path").asText()).isEqualTo("/a");
    assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
    assertThat(message.at("/usage/input_tokens").asInt()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error",
    "401, authentication_error",
    "403, permission_error",
    "404, not_found_error",
    "429, rate_limit_error",
    "500, api_error",
    "529, overloaded_error"
  })
  void sendsErrorsWithTheirType(int status, String type) throws Exception {
    server.reply(ModelReply.error(status, "Not \"now\""));

    HttpResponse<String> response = post(streamed("hello"));

    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode body = JSON.readTree(response.body());
    assertThat(body.at("/error/type").asText()).isEqualTo(type);
    assertThat(body.at("/error/message").asText()).isEqualTo("Not \"now\"");
  }

  @Test
  void refusesAnErrorThatIsNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> ModelReply.error(200, "fine"));
  }

  @Test
  void saysSoWhenTheScriptIsOver() throws Exception {
    assertThat(post(streamed("hello")).body()).contains("no reply left");
  }

  @Test
  void breaksTheConnectionOfAReplyThatIsCut() {
    server.reply(ModelReply.text("never whole").cut());
    server.reply(ModelReply.text("never whole").cut());

    assertThatThrownBy(() -> post(streamed("hello"))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> post("{}")).isInstanceOf(IOException.class);
  }

  @Test
  void neverAnswersAReplyThatHangsAndLetsGoWhenClosed() {
    server.reply(ModelReply.hang()).reply(ModelReply.hang());

    HttpRequest impatient = request(streamed("a")).timeout(Duration.ofMillis(300)).build();
    assertThatThrownBy(() -> client.send(impatient, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);

    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(request(streamed("b")).build(), BodyHandlers.ofString());
    awaitRequests(2);
    server.close();
    assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  private void awaitRequests(int count) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (server.requests().size() < count) {
      assertThat(System.nanoTime()).as("waiting for %s requests", count).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void sendsASlowReplyInPartsThatMakeUpTheWhole() throws Exception {
    String text = "This is longer than one part is, and has a 🐢 in it.";
    server.reply(ModelReply.text(text).slowly(Duration.ofMillis(5)));

    long begin = System.nanoTime();
    List<JsonNode> events = events(post(streamed("hello")).body());

    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isGreaterThanOrEqualTo(Duration.ofMillis(5L * events.size()));
    StringBuilder whole = new StringBuilder();
    events.forEach(event -> whole.append(event.at("/delta/text").asText()));
    assertThat(events).hasSizeGreaterThan(6);
    assertThat(whole).hasToString(text);
  }

  @Test
  void recordsWhatWasAskedAndWithWhichKey() throws Exception {
    server.script(request -> ModelReply.text("fine"));

    post(streamed("hello"));
    HttpRequest bearer = request(streamed("again")).header("authorization", "Bearer token").build();
    client.send(bearer, BodyHandlers.ofString());

    assertThat(server.requests())
        .extracting(ModelRequest::prompt)
        .containsExactly("hello", "again");
    assertThat(server.requests().get(0).apiKey()).hasValue("sk-test");
    assertThat(server.requests().get(0).bearerToken()).isEmpty();
    assertThat(server.requests().get(1).bearerToken()).hasValue("token");
    assertThat(server.requests().get(0).model()).isEqualTo("claude-test");
    assertThat(server.requests().get(0).stream()).isTrue();
    assertThat(server.requests().get(0).path()).isEqualTo("/v1/messages?beta=true");
  }

  @Test
  void servesManyAtOnceByWhatTheyAsk() {
    server.script(request -> ModelReply.text("You said " + request.prompt()));

    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(
          client.sendAsync(
              request(streamed("number " + i + ".")).build(), BodyHandlers.ofString()));
    }

    for (int i = 0; i < calls.size(); i++) {
      assertThat(calls.get(i).join().body()).contains("You said number " + i + ".");
    }
  }

  @Test
  void answersWhatAgentsAskBesides() throws Exception {
    HttpRequest head =
        HttpRequest.newBuilder(server.url().resolve("/api/hello"))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    HttpRequest other = HttpRequest.newBuilder(server.url().resolve("/v1/other")).build();
    assertThat(client.send(other, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void canBeClosedTwice() {
    server.close();
    server.close();
  }

  private HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return client.send(request(body).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String body) {
    return HttpRequest.newBuilder(server.url().resolve("/v1/messages?beta=true"))
        .header("x-api-key", "sk-test")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static String streamed(String prompt) {
    return JSON.createObjectNode()
        .put("model", "claude-test")
        .put("stream", true)
        .set(
            "messages",
            JSON.createArrayNode()
                .add(JSON.createObjectNode().put("role", "user").put("content", prompt)))
        .toString();
  }

  private static List<JsonNode> events(String body) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    List<String> lines = body.lines().toList();
    for (int i = 0; i < lines.size(); i += 3) {
      JsonNode data = JSON.readTree(lines.get(i + 1).substring("data: ".length()));
      assertThat(lines.get(i)).isEqualTo("event: " + data.path("type").asText());
      assertThat(lines.get(i + 2)).isEmpty();
      events.add(data);
    }
    return events;
  }
}
