package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Traffic;
import dev.dispense.docker.gateway.GatewayDirectory;
import dev.dispense.docker.gateway.TrafficLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sandbox has reached stays known, whatever else it or another asks for afterwards. */
class RotateScriptTest {
  private static final int LINES_OF_A_LOG = 60_000;

  @TempDir Path root;

  /** Makes the log longer than it may be, with another host for NAME in each line; rotates it. */
  private void log(String line) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < LINES_OF_A_LOG; i++) {
      lines.append(line.replace("NAME", "n" + i + ".example")).append('\n');
    }
    Path log = root.resolve("gateway/proxy.log");
    Files.createDirectories(log.getParent());
    Files.writeString(log, lines);
    rotate();
  }

  private void rotate() throws Exception {
    String script =
        Scripts.read("gateway/rotate.sh")
            .replace("/tmp/", "/nobody/")
            .replace("/gateway/", root.resolve("gateway") + "/");
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int unused = process.waitFor(); // there is nobody to be told of it
  }

  private List<Traffic.HostTraffic> hosts(int number) throws IOException {
    Files.createDirectories(root.resolve("gateway/sandboxes/" + number));
    return TrafficLog.read(new GatewayDirectory(root.resolve("gateway")), number).hosts();
  }

  @Test
  void theSumsOfWhatIsForgottenAreKept() throws Exception {
    String line = "1795653920.%03d 127.1.0.7 3128 CONNECT reached.example 443 - 200 TCP_TUNNEL 2 1";
    log(line.formatted(1));
    log(line.formatted(2));
    log(line.formatted(3));
    log(line.formatted(4));

    assertThat(root.resolve("gateway/proxy.log.sum")).isNotEmptyFile().satisfies(this::isShort);
    assertThat(hosts(7))
        .containsExactly(
            new Traffic.HostTraffic(
                "reached.example",
                443,
                4L * LINES_OF_A_LOG,
                0,
                4L * LINES_OF_A_LOG,
                8L * LINES_OF_A_LOG,
                Instant.ofEpochMilli(1795653920004L)));
  }

  @Test
  void aSandboxCannotPushOutWhatItHasReached() throws Exception {
    String begin = "1795653920.001 127.1.0.7 3128 CONNECT ";
    String reached = " 443 - 200 TCP_TUNNEL 2 1";
    log(begin + "NAME 443 - 403 TCP_DENIED 9 9");
    log(begin + "reached.example" + reached);
    log(begin + "NAME" + reached);
    log("1795653920.002 127.1.0.8 3128 CONNECT NAME" + reached);
    log("1795653920.003 127.1.0.8 3128 CONNECT NAME" + reached);

    assertThat(root.resolve("gateway/proxy.log.sum")).isNotEmptyFile().satisfies(this::isShort);
    assertThat(hosts(7))
        .contains(
            new Traffic.HostTraffic(
                "reached.example",
                443,
                LINES_OF_A_LOG,
                0,
                LINES_OF_A_LOG,
                2L * LINES_OF_A_LOG,
                Instant.ofEpochMilli(1795653920001L)))
        .anySatisfy(
            it -> {
              assertThat(it.host()).isEqualTo("others");
              assertThat(it.allowed()).isGreaterThan(LINES_OF_A_LOG - 1010);
            });
    assertThat(hosts(8)).hasSizeGreaterThan(LINES_OF_A_LOG - 1);
  }

  private void isShort(Path file) throws IOException {
    assertThat(Files.size(file)).isLessThan(1 << 20);
  }
}
