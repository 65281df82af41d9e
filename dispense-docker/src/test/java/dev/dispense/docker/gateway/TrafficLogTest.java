package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines are of Squid 5.7 and nginx 1.22. */
class TrafficLogTest {
  @TempDir Path root;

  private Traffic read(String proxy, String model) throws IOException {
    Path sandbox = Files.createDirectories(root.resolve("sandboxes/7"));
    Files.writeString(root.resolve("proxy.log"), proxy);
    Files.writeString(sandbox.resolve("model.log"), model);
    return TrafficLog.read(new GatewayDirectory(root), 7);
  }

  @Test
  void tellsWhatWasReachedAndWhatWasRefused() throws IOException {
    String log =
        """
        1795653920.156 127.1.0.7 3128 GET deb.debian.org 80 - 200 TCP_MISS 149478 158
        1795653920.240 127.1.0.7 3129 CONNECT registry.npmjs.org 443 registry.npmjs.org 200 NONE_NONE 0 176
        1795653920.357 127.1.0.7 3128 CONNECT registry.npmjs.org 443 - 200 TCP_TUNNEL 11734 912
        1795653920.357 127.0.0.1 3129 CONNECT registry.npmjs.org 443 registry.npmjs.org 200 TCP_TUNNEL 11695 784
        1795653920.400 127.1.0.8 3128 CONNECT other.example 443 - 200 TCP_TUNNEL 1 1
        1795653920.433 127.1.0.7 3128 CONNECT example.com 443 - 403 TCP_DENIED 3392 114
        1795653921.433 127.1.0.7 3128 CONNECT example.com 443 - 403 TCP_DENIED 3392 114
        """;
    assertThat(read(log, "").hosts())
        .containsExactly(
            new Traffic.HostTraffic(
                "example.com", 443, 0, 2, 0, 0, Instant.ofEpochMilli(1795653921433L)),
            new Traffic.HostTraffic(
                "registry.npmjs.org", 443, 1, 0, 912, 11734, Instant.ofEpochMilli(1795653920357L)),
            new Traffic.HostTraffic(
                "deb.debian.org", 80, 1, 0, 158, 149478, Instant.ofEpochMilli(1795653920156L)));
  }

  @Test
  void tellsThatTlsAskedForAnotherHostThanTheTunnel() throws IOException {
    String log =
        """
        1795653920.587 127.1.0.7 3129 CONNECT registry.npmjs.org 443 evil.example 200 NONE_NONE 0 176
        1795653920.587 127.1.0.7 3128 CONNECT registry.npmjs.org 443 - 200 TCP_TUNNEL 39 645
        """;
    assertThat(read(log, "").hosts())
        .first()
        .satisfies(
            host -> assertThat(host.host()).isEqualTo("evil.example"),
            host -> assertThat(host.refused()).isEqualTo(1));
  }

  @Test
  void countsTheRequestsOfARoute() throws IOException {
    String line =
        "{\"at\":\"1795653920.587\",\"route\":\"%s\",\"method\":\"POST\",\"path\":\"/v1/messages\","
            + "\"status\":\"%d\",\"sent\":\"100\",\"received\":\"2000\"}\n";
    String log =
        line.formatted("anthropic-0a1b2c3d", 200)
            + line.formatted("anthropic-ffffffff", 429)
            + "{\"at\":\"17956";
    assertThat(read("", log).routes())
        .containsExactly(
            new Traffic.RouteTraffic(
                "anthropic", 2, 1, 200, 4000, Instant.ofEpochMilli(1795653920587L)));
  }

  @Test
  void whatMakesNoSenseIsLeftOut() throws IOException {
    Traffic traffic =
        read("x\n1 127.1.0.7 3128 GET - - - 400 NONE_NONE 3537 56\n\n", "[]\nnull\n\"x\"\n{}\n");
    assertThat(traffic.hosts()).isEmpty();
    assertThat(traffic.routes()).isEmpty();
  }
}
