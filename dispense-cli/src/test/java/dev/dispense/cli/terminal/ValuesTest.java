package dev.dispense.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.SandboxName;
import dev.dispense.cli.session.NameSuggestion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "512m, 536870912",
    "4g, 4294967296",
    "1.5G, 1610612736",
    "2GiB, 2147483648",
    "64MB, 67108864",
    "100000000, 100000000"
  })
  void sizes_of_memory_have_binary_units(String text, long bytes) {
    assertThat(new MemorySize().convert(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "10137, 9.9 KiB",
    "10240, 10 KiB",
    "1048063, 1023 KiB",
    "1048575, 1.0 MiB",
    "52428800, 50 MiB",
    "9223372036854775807, 8192 PiB"
  })
  void sizes_are_shown_short(long bytes, String text) {
    assertThat(MemorySize.text(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "g", "-1g", "1x", "4 gigs"})
  void other_sizes_are_refused(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> new MemorySize().convert(text));
  }

  @ParameterizedTest
  @CsvSource({"90s, PT90S", "30m, PT30M", "1h30m, PT90M", "PT2H, PT2H"})
  void times_are_short_or_as_iso_has_them(String text, Duration duration) {
    assertThat(new Durations.Converter().convert(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "0s", "-5m", "soon", "1d"})
  void other_times_are_refused(String text) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> new Durations.Converter().convert(text));
  }

  @ParameterizedTest
  @CsvSource({"PT0.4S, 0s", "PT59S, 59s", "PT125S, 2m 5s", "PT26H10M, 26h 10m", "PT100H, 4d"})
  void times_are_shown_short(Duration duration, String text) {
    assertThat(Durations.text(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/home/me/My Project!",
        "/x/-",
        "/Ünïcode",
        "/x/a_very_long_name_that_goes_on_and_on_and_on"
      })
  void suggested_names_are_valid(Path directory) {
    assertThat(SandboxName.isValid(NameSuggestion.of(directory))).isTrue();
  }

  @Test
  void names_are_near_by_a_letter_or_two_or_a_beginning() {
    List<String> names = List.of("fix-login", "fix-logout", "other");
    assertThat(Suggestions.of("fix-lgin", names)).containsExactly("fix-login");
    assertThat(Suggestions.of("fix", names)).containsExactly("fix-login", "fix-logout");
    assertThat(Suggestions.of("zzz", names)).isEmpty();
    assertThat(Suggestions.of("", names)).isEmpty();
  }

  @Test
  void json_stays_on_one_line_and_in_ascii() {
    assertThat(
            new JsonLine()
                .add("text", "a\"b\nü\u001B\u202E")
                .add("none", OptionalInt.empty())
                .toString())
        .isEqualTo("{\"text\":\"a\\\"b\\n\\u00FC\\u001B\\u202E\",\"none\":null}");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"file_path\":\"a.txt\",\"content\":\"x\"}', a.txt",
    "'{\"todos\":[{\"command\":\"no\"}],\"title\":\"t\"}', t",
    "'{\"n\":1}', '{\"n\":1}'",
    "'{}', ''",
    "'no json', no json"
  })
  void the_main_part_of_a_tools_input_is_shown(String json, String shown) {
    assertThat(ToolInput.summary(json)).isEqualTo(shown);
  }
}
