package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.docker.gateway.GatewayRules;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gateway answers when Squid asks it, by the file that Dispense writes. */
class AllowedScriptTest {
  @TempDir Path root;

  /** Returns the answers to lines of Squid's, with a space between. */
  private String answers(String... questions) throws Exception {
    Path allow = root.resolve("sandboxes/300/allow");
    Files.createDirectories(allow.getParent());
    NetworkPolicy.Allow policy =
        new NetworkPolicy.Allow(
            Set.of("Example.com", ".all.example", "other.example:8443", "pypi.org"));
    Files.writeString(allow, GatewayRules.allow(policy));
    String script = Scripts.read("gateway/allowed.sh").replace("/gateway/", root + "/");
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write((String.join("\n", questions) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    byte[] output = process.getInputStream().readAllBytes();
    return new String(output, StandardCharsets.UTF_8).strip().replace('\n', ' ');
  }

  @Test
  void aHostIsToldAsItsClientWritesIt() throws Exception {
    assertThat(
            answers(
                "127.1.1.44 example.com 443",
                "127.1.1.44 EXAMPLE.com 80",
                "127.1.1.44 example.com. 443",
                "127.1.1.44 sub.All.Example 443",
                "127.1.1.44 all.example 443",
                "127.1.1.44 other.example 8443"))
        .isEqualTo("OK OK OK OK OK OK");
  }

  @Test
  void whatIsNotOnTheListIsRefused() throws Exception {
    assertThat(
            answers(
                "127.1.1.44 sub.example.com 443",
                "127.1.1.44 notall.example 443",
                "127.1.1.44 example.com 22",
                "127.1.1.44 other.example 443",
                "127.1.1.44 - 443",
                "127.1.1.44  443",
                "127.1.1.44 * 443",
                "127.1.1.45 example.com 443",
                "127.0.0.1 example.com 443"))
        .matches("ERR( ERR){8}");
  }

  @Test
  void onlyWhatSomebodyHasNamedMayBeInside() throws Exception {
    assertThat(answers("127.1.1.44 example.com 443 inside", "127.1.1.44 pypi.org 443 inside"))
        .isEqualTo("OK ERR");
  }
}
