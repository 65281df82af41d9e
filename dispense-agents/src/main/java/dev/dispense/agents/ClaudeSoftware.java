package dev.dispense.agents;

import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.spi.Software;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** How {@code claude} gets into a sandbox: the native program of the npm package. */
final class ClaudeSoftware {
  private static final String VERSION_SETTING = "claude.version";

  private static final String CHECK =
      """
      version=$(claude --version) || exit 1
      echo "${version%% *}"
      """;

  /**
   * The sha512 of the packages of the pinned version, from the registry's {@code dist.integrity}.
   */
  private static final String INTEGRITY =
      String.join(
          ",",
          "linux-x64:9Gn+V7DtJ8M1nztP9CeDVl9g3RtrepI7rOFTyPRRnZe8D6zebIHKmC7OvBauucuAP0X0k85SDN/LPVZyjsGezQ==",
          "linux-x64-musl:OnduSSPY1b59FA8jTbq20Y1XkDUV0S1OVyvYBNslEbpX79P81JF7Ih4lgYvDKiFnnSv75z4Kv6qLE5DQqogYXA==",
          "linux-arm64:V4yanAY5EA5UpwwRPtjSfqDbNqAlUJeVn3NYZw2AgmRHjdpSsLtHAzbxRXfkAnbjwTXzE0uedjQxUY02ARPcsA==",
          "linux-arm64-musl:NemfeTqZ30tQDhAeumZgDYoX4ewhAHkN3dbcsyvlgb+yvpKUlcYu5Bor8K+Du5azGe3uy9sftlJxbGhTsCR7zA==");

  private ClaudeSoftware() {}

  static Software of(Environment host) {
    String version = host.setting(VERSION_SETTING).orElse(ClaudeCodeAgent.VERSION).strip();
    if (!version.matches("\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}(-[0-9A-Za-z.-]{1,64})?")) {
      throw new RefusedException(
          "Tried to choose the version of Claude Code but failed because the setting "
              + host.settingAsGiven(VERSION_SETTING)
              + " is '"
              + PrintableText.printable(version, 40)
              + "': write an exact version, such as "
              + ClaudeCodeAgent.VERSION
              + ".");
    }
    Map<String, String> environment = new TreeMap<>();
    environment.put("CLAUDE_VERSION", version);
    if (version.equals(ClaudeCodeAgent.VERSION)) {
      environment.put("CLAUDE_INTEGRITY", INTEGRITY);
    }
    return new Software("claude", version, CHECK, installScript(), environment);
  }

  private static String installScript() {
    try (InputStream script =
        Objects.requireNonNull(
            ClaudeSoftware.class.getResourceAsStream("claude-install.sh"), "claude-install.sh")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
