package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import dev.dispense.docker.TestHost;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"1.41, 1.41", "1.44, 1.44", "1.52, 1.52", "1.99, 1.52", "2.0, 1.52"})
  void theNewestVersionThatBothKnowIsSpoken(String offered, String spoken) {
    assertThat(ApiVersion.negotiate(offered)).hasToString(spoken);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.40", "1.9", "0.9", "", "x", "1.41.2"})
  void anEngineThatIsTooOldOrNoneIsUnavailable(String offered) {
    assertThatThrownBy(() -> ApiVersion.negotiate(offered))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void whatTheEngineSaysIsTakenOutOfItsJson() {
    assertThat(EngineFailure.message("Status 404: {\"message\":\"No such container: x\"}\n"))
        .isEqualTo("No such container: x");
    assertThat(EngineFailure.message("Status 500: plain")).isEqualTo("plain");
    assertThat(EngineFailure.message("Status 500: {broken")).isEqualTo("{broken");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: other\r\n\r\n"})
  void whatAnswersLikeNoEngineIsUnavailable(String answer) throws IOException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serve(server, answer));
      try (Engine engine =
          new Engine(TestHost.real(), new Endpoint.UnixSocket(socket, "DOCKER_HOST"))) {
        assertThatThrownBy(engine::info)
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining(socket.toString())
            .hasMessageContaining("DOCKER_HOST")
            .hasMessageContaining("docker version");
      }
      served.join();
    }
  }

  private static void serve(ServerSocketChannel server, String answer) {
    try (SocketChannel client = server.accept()) {
      client.read(ByteBuffer.allocate(1000));
      client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEngineThatWasStartedAgainAnswersAtOnce() throws IOException, InterruptedException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Semaphore answered = new Semaphore(0);
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                for (int connection = 0; connection < 3; connection++) {
                  serve(server, "HTTP/1.1 204 No Content\r\nApi-Version: 1.41\r\n\r\n");
                  answered.release();
                }
              });
      try (Engine engine =
          new Engine(TestHost.real(), new Endpoint.UnixSocket(socket, "DOCKER_HOST"))) {
        engine.call("start it", client -> client.startContainerCmd("x").exec());
        answered.acquire(2); // the version and the call: both connections are closed now

        engine.call("start it", client -> client.startContainerCmd("x").exec());
      }
      served.join();
    }
  }

  @Test
  void anInterruptEndsTheWaitForAnEngineThatIsSilent() throws IOException {
    Path socket = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      try (Engine engine =
          new Engine(TestHost.real(), new Endpoint.UnixSocket(socket, "DOCKER_HOST"))) {
        Thread.currentThread().interrupt();

        assertThatThrownBy(engine::info)
            .isExactlyInstanceOf(DispenseException.class)
            .hasMessageStartingWith("Interrupted");
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }
}
