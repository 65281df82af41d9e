package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.TaskEvent;
import dev.dispense.support.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The output of Claude Code, and the settings that name its keys. */
class ClaudeFuzzTest {
  @FuzzTest
  void eachLineBecomesEvents(byte[] output) {
    ClaudeOutput parser = new ClaudeOutput();
    for (String line : new String(output, StandardCharsets.UTF_8).split("\n", -1)) {
      for (TaskEvent event : parser.parse(line)) {
        if (event instanceof TaskEvent.Result result) {
          assertThat(result.turns().orElse(0)).isNotNegative();
          assertThat(result.duration().orElseThrow().isNegative()).isFalse();
          assertThat(result.usage().orElseThrow().total()).isNotNegative();
        } else if (event instanceof TaskEvent.Raw raw) {
          assertThat(raw.line()).isEqualTo(line);
        }
      }
    }
  }

  @FuzzTest
  void aSettingNamesAKeyOrIsRefusedWithoutShowingIt(byte[] setting) throws IOException {
    String text = new String(setting, StandardCharsets.UTF_8);
    Environment host =
        Environment.in(Path.of("/x"))
            .withVariables(Map.of("KEY", text))
            .withStateDirectory(Path.of("/x"))
            .withCacheDirectory(Path.of("/x"))
            .withUserName("u");
    resolve(host, text);
    resolve(host, "env:KEY");
    resolve(host, "file:" + text);
    resolve(host, "file:/proc/self/nothing/" + text);
  }

  private static void resolve(Environment host, String reference) {
    try {
      SecretReference key = SecretReference.resolve(host, "anthropic.api-key", reference);
      assertThat(key.secret().reveal().chars().filter(Character::isISOControl)).isEmpty();
    } catch (DispenseException e) {
      assertThat(e).hasMessageStartingWith("Tried to read ");
    }
  }
}
