package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTextTest {
  private static final String ESC = "\u001b";

  @Test
  void ordinaryTextStaysAsItIs() {
    for (String text :
        List.of(
            "",
            "plain",
            "two\nlines\n",
            "tab\there",
            "Grüße 漢字 🚀 ❤\uFE0F",
            "[31m ]0; (B",
            "عربى")) {
      assertThat(PrintableText.printable(text)).isEqualTo(text);
    }
  }

  @Test
  void escapeSequencesAreRemovedWhole() {
    for (String sequence :
        List.of(
            ESC + "[31m",
            ESC + "[0;1;38;5;196m",
            ESC + "[2J" + ESC + "[H",
            ESC + "[?1049h",
            ESC + "[>4;2m",
            ESC + "[1 q",
            ESC + "[!p",
            ESC + "]0;title\u0007",
            ESC + "]52;c;ZXZpbA==" + ESC + "\\",
            ESC + "]8;;https://evil.example" + ESC + "\\",
            ESC + "P+q544e" + ESC + "\\",
            ESC + "_Gf=24;data" + ESC + "\\",
            ESC + "^private" + ESC + "\\",
            ESC + "Xstart of string" + ESC + "\\",
            ESC + "(B",
            ESC + "#8",
            ESC + " F",
            ESC + "c",
            ESC + "7",
            ESC + "=",
            ESC + "%G",
            ESC + ESC + "[31m",
            "\u009b31m",
            "\u009d0;title\u009c",
            "\u0090q data\u009c",
            "\u009eprivate\u0007",
            "\u009fdata\u009c",
            "\u0098text\u009c",
            "\u0085",
            "\r",
            "\b\b\b",
            "\u0000",
            "\u0007",
            "\u007f",
            "\u000e\u000f")) {
      assertThat(PrintableText.printable("before" + sequence + "after"))
          .as(sequence.replace(ESC, "ESC"))
          .isEqualTo("beforeafter");
    }
  }

  @Test
  void sequencesThatAreCutOffAreRemoved() {
    for (String sequence :
        List.of(
            ESC, ESC + "[", ESC + "[31", ESC + "[31;", ESC + "]0;title", ESC + "P", ESC + "(")) {
      assertThat(PrintableText.printable("before" + sequence)).isEqualTo("before");
    }
  }

  @Test
  void aSequenceWithoutEndDoesNotSwallowTheLinesThatFollow() {
    assertThat(PrintableText.printable("a" + ESC + "]0;hidden\nb\nc")).isEqualTo("a\nb\nc");
    assertThat(PrintableText.printable("a\u009dhidden\nb")).isEqualTo("a\nb");
  }

  @Test
  void whatIsLeftAfterRemovalIsNoSequence() {
    String nested =
        ESC + ESC + "[31m[31m" + ESC + ESC + ESC + "]]0;x\u0007" + ESC + "[" + ESC + "[1m2m";

    assertThat(PrintableText.printable(nested)).doesNotContain(ESC).isEqualTo("[31m2m");
  }

  @Test
  void whatHidesTextOrChangesItsOrderIsRemoved() {
    for (String invisible :
        List.of(
            "\u202e",
            "\u202a",
            "\u2066",
            "\u2069",
            "\u200b",
            "\u200d",
            "\u200f",
            "\u2060",
            "\ufeff",
            "\u00ad",
            "\u061c",
            "\u180e",
            "\u2063",
            "\u206f",
            "\ufff9",
            "\u034f",
            "\u3164",
            "\uffa0",
            "\u2028",
            "\u2029",
            "\udb40\udc01",
            "\udb40\udc41",
            "\udb40\udd00",
            "\udb40\uddef")) {
      assertThat(PrintableText.printable("a" + invisible + "b"))
          .as("U+%X", invisible.codePointAt(0))
          .isEqualTo("ab");
    }
  }

  @Test
  void oneLineIsMadeOfSeveral() {
    assertThat(PrintableText.printable("  two\n\n\tlines\r\n and more ", 80))
        .isEqualTo("two lines and more");
  }

  @Test
  void aLongLineIsCutWithAnEllipsis() {
    assertThat(PrintableText.printable("12345", 5)).isEqualTo("12345");
    assertThat(PrintableText.printable("123456", 5)).isEqualTo("1234…");
    assertThat(PrintableText.printable("x".repeat(1_000_000), 80)).hasSize(80).endsWith("x…");
  }

  @Test
  void aCharacterIsNotCutInTwo() {
    assertThat(PrintableText.printable("123🚀56", 5)).isEqualTo("123…");
    assertThat(PrintableText.printable("12🚀56", 5)).isEqualTo("12🚀…");
  }

  @Test
  void muchHostileTextTakesNoLongTime() {
    String hostile =
        (ESC + "]").repeat(200_000) + (ESC + "[0").repeat(200_000) + "\u009b".repeat(200_000);

    assertThat(PrintableText.printable(hostile)).isEmpty();
  }
}
