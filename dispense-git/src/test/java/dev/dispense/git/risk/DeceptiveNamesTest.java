package dev.dispense.git.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.PrintableText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeceptiveNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\tb",
        "a\u0007",
        "a\u007f",
        "a\u202etxt.exe",
        "a\u200bb",
        "a\u00a0b",
        " README",
        "README ",
        "README.",
        "a\\b",
        "GITHUB~1",
        "x/PROGRA~2.TXT/y",
        "d /x",
        "d/ x",
        "\u001b[31mred"
      })
  void aNameThatDeceives(String name) {
    assertThat(DeceptiveNames.flaw(bytes(name)))
        .hasValueSatisfying(flaw -> assertThat(flaw).isEqualTo(PrintableText.printable(flaw)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"caf\u00e9", "\u00c0\u00c1", "a\u00ed\u00a0\u0080"})
  void aNameThatIsNotUtf8(String bytes) {
    assertThat(DeceptiveNames.flaw(bytes)).get().asString().contains("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Äpp.java", "日本語/ファイル", "имя", "a b/c d", ".gitignore", "a.b.c", "x~", "init.el~"})
  void aNameThatDoesNot(String name) {
    assertThat(DeceptiveNames.flaw(bytes(name))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "readme, README, readme",
    "SRC/Other.java, src/App.java, SRC/Other.java",
    "src/APP.java, src/App.java, src/APP.java",
    "cafe\u0301, caf\u00e9, cafe\u0301",
    "\u017frc, src, \u017frc"
  })
  void aNewNameThatIsTheSameAsAnother(String name, String other, String path) {
    assertThat(twins(name, other)).containsOnlyKeys(bytes(path));
  }

  @Test
  void anotherNameIsNone() {
    assertThat(twins("src/New.java", "src/App.java")).isEmpty();
    assertThat(twins("src", "src")).isEmpty();
  }

  private static Map<String, String> twins(String added, String present) {
    DeceptiveNames names = new DeceptiveNames();
    names.add(bytes(added));
    names.compare(bytes(added));
    names.compare(bytes(present));
    return names.twins();
  }

  /** Returns text as git's output is held: one character for each byte. */
  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
