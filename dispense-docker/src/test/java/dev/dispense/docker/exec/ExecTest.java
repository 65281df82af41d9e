package dev.dispense.docker.exec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.engine.Endpoint;
import dev.dispense.docker.engine.Engine;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An engine creates a command and refuses to start it, on a connection that it keeps open. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExecTest {
  private HttpServer server;
  private Engine engine;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/_ping", 200, "OK");
    answer("/v1.41/containers/machine/exec", 201, "{\"Id\":\"command\"}");
    server.start();
    String host = server.getAddress().getHostString();
    int port = server.getAddress().getPort();
    engine =
        new Engine(TestHost.real(), new Endpoint.Tcp(host, port, Optional.empty(), "DOCKER_HOST"));
  }

  @AfterEach
  void stop() {
    engine.close();
    server.stop(0);
  }

  @Test
  void inAContainerThatEndsAsSoonAsItIsStartedNoCommandRuns() {
    answer(
        "/v1.41/exec/command/start",
        409,
        "{\"message\":\"Container x is restarting, wait until the container is running\"}\n");

    assertThatThrownBy(this::run)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("ends as soon as it is started")
        .hasMessageNotContaining("restarting");
  }

  @Test
  void inAContainerThatHasJustStoppedNoCommandRuns() {
    answer(
        "/v1.41/exec/command/start", 409, "{\"message\":\"Container x is not running: Exited\"}");

    assertThatThrownBy(this::run)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Container x is not running: Exited. Start the sandbox first.");
  }

  @Test
  void aContainerThatHasJustGoneIsNotFound() {
    answer("/v1.41/exec/command/start", 404, "{\"message\":\"No such exec instance: command\"}");

    assertThatThrownBy(this::run)
        .isInstanceOf(NotFoundException.class)
        .hasMessage(
            "Tried to run 'true' in the sandbox but failed because No such exec instance:"
                + " command.");
  }

  @Test
  void anyOtherRefusalIsTold() {
    answer("/v1.41/exec/command/start", 500, "{\"message\":\"no space left on device\"}");

    assertThatThrownBy(this::run)
        .isExactlyInstanceOf(DispenseException.class)
        .hasMessage(
            "Tried to run 'true' in the sandbox but failed because no space left on device.");
  }

  @Test
  void aLongRefusalIsToldToo() {
    String reason = "no space left on device " + "x".repeat(5000);
    server.createContext(
        "/v1.41/exec/command/start",
        exchange -> reply(exchange, 500, "{\"message\":\"" + reason + "\"}", 0));

    assertThatThrownBy(this::run).hasMessageContaining("because no space left on device xxx");
  }

  private void run() {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Exec.run(engine, "machine", Command.of("true"), Streams.of(nowhere, nowhere));
  }

  private void answer(String path, int status, String body) {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    server.createContext(path, exchange -> reply(exchange, status, body, length));
  }

  /** Answers; a length of 0 stands for chunks. */
  private static void reply(HttpExchange exchange, int status, String body, int length)
      throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Api-Version", "1.41");
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
