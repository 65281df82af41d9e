package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.io.TempDir;

class DockerConditionTest {
  @TempDir Path directory;

  @Test
  void anEngineThatAnswersEnablesTheTest() throws IOException {
    String ok = "HTTP/1.1 200 OK";
    try (ServerSocketChannel engine = engine(ok, ok, ok, ok)) {
      assertThat(evaluate(Map.of()).isDisabled()).isFalse();
      assertThat(evaluate(Map.of("CI", "true")).isDisabled()).isFalse();
      assertThat(engine.isOpen()).isTrue();
    }
  }

  @Test
  void noEngineSkipsTheTestWithTheReason() {
    ConditionEvaluationResult result = evaluate(Map.of());

    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow()).contains("No Docker engine answers");
  }

  @Test
  void noEngineFailsTheTestInContinuousIntegration() {
    assertThatThrownBy(() -> evaluate(Map.of("CI", "true")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("No Docker engine answers")
        .hasMessageContaining("CI=true");
  }

  @Test
  void anImageThatIsMissingSkipsTheTest() throws IOException {
    try (ServerSocketChannel engine = engine("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found")) {
      ConditionEvaluationResult result =
          evaluate(Map.of("DISPENSE_DOCKER_BASE_IMAGE", "no/such:image"));

      assertThat(result.isDisabled()).isTrue();
      assertThat(result.getReason().orElseThrow()).contains("no/such:image");
      assertThat(engine.isOpen()).isTrue();
    }
  }

  @Test
  void theDefaultImageIsNeededWhenNoneIsNamed() throws IOException {
    try (ServerSocketChannel engine = engine("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found")) {
      assertThat(evaluate(Map.of()).getReason().orElseThrow()).contains("debian:bookworm-slim");
      assertThat(engine.isOpen()).isTrue();
    }
  }

  @Test
  void anImageThatIsThereEnablesTheTest() throws IOException {
    try (ServerSocketChannel engine = engine("HTTP/1.1 200 OK", "HTTP/1.1 200 OK")) {
      assertThat(evaluate(Map.of("DISPENSE_DOCKER_BASE_IMAGE", "base:1")).isDisabled()).isFalse();
      assertThat(engine.isOpen()).isTrue();
    }
  }

  @Test
  void whatIsNoEngineAndNoAddressSkipsTheTest() throws IOException {
    try (ServerSocketChannel engine = engine("SSH-2.0-nothing")) {
      assertThat(evaluate(Map.of()).isDisabled()).isTrue();
      assertThat(engine.isOpen()).isTrue();
    }
    for (String host : new String[] {"ssh://host", "tcp://", "://", "no url at all"}) {
      assertThat(new DockerCondition(Map.of("DOCKER_HOST", host)).evaluate().isDisabled())
          .as(host)
          .isTrue();
    }
  }

  private ConditionEvaluationResult evaluate(Map<String, String> variables) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.put("DOCKER_HOST", "unix://" + directory.resolve("socket"));
    return new DockerCondition(environment).evaluate();
  }

  /** Answers one connection after the other with a line each. */
  private ServerSocketChannel engine(String... answers) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve("socket")));
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; ; i++) {
                  answer(server, answers[i % answers.length]);
                }
              } catch (IOException e) {
                // The test is over and has closed the server.
              }
            });
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private static void answer(ServerSocketChannel server, String line) throws IOException {
    try (SocketChannel client = server.accept()) {
      client.read(ByteBuffer.allocate(1000));
      client.write(ByteBuffer.wrap((line + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
    }
  }
}
