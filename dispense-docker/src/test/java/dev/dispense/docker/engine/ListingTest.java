package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dispense.docker.DockerProvider;
import dev.dispense.docker.TestHost;
import dev.dispense.spi.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a list of many sandboxes costs, seen by an engine that only answers and counts. */
class ListingTest {
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();

  @Test
  void twoHundredSandboxesAreListedWithOneCall() throws IOException {
    String containers =
        IntStream.range(0, 200).mapToObj(ListingTest::container).collect(Collectors.joining(","));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, "[" + containers + "]"));
    server.start();
    Endpoint endpoint =
        new Endpoint.Tcp("127.0.0.1", server.getAddress().getPort(), Optional.empty(), "test");
    try (DockerProvider provider =
        new DockerProvider(TestHost.real(), new Engine(TestHost.real(), endpoint))) {
      provider.list();
      asked.clear();

      List<Machine> machines = provider.list();

      assertThat(machines).hasSize(200);
      assertThat(machines).extracting(machine -> machine.name().value()).contains("s0", "s199");
      assertThat(asked).hasSize(1);
    } finally {
      server.stop(0);
    }
  }

  private void answer(HttpExchange exchange, String containers) throws IOException {
    String path = exchange.getRequestURI().getPath();
    asked.add(path);
    String body = path.endsWith("/containers/json") ? containers : "{}";
    exchange.getResponseHeaders().set("Api-Version", "1.41");
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String container(int number) {
    return """
    {"Id": "%064x", "Names": ["/dispense-s%d"], "Image": "image", "State": "running",
     "Labels": {"dev.dispense.sandbox": "s%d", "dev.dispense.agent": "claude"}}\
    """
        .formatted(number, number, number);
  }
}
