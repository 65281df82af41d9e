package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Text of an agent, on its way to a terminal. */
class PrintableTextFuzzTest {
  @FuzzTest
  void printableTextHasNothingThatATerminalActsOn(byte[] bytes) {
    check(new String(bytes, StandardCharsets.UTF_8));
    check(new String(bytes, StandardCharsets.ISO_8859_1));
    check(units(bytes));
  }

  private static void check(String text) {
    String printable = PrintableText.printable(text);
    assertThat(printable.codePoints().filter(PrintableTextFuzzTest::isActedOn)).isEmpty();
    assertThat(PrintableText.printable(printable)).isEqualTo(printable);

    String line = PrintableText.printable(text, 20);
    assertThat(line.length()).isLessThanOrEqualTo(20);
    assertThat(line).doesNotContain("\n", "\t");
    assertThat(PrintableText.printable(line, 20)).isEqualTo(line);
    assertThat(line.codePoints().filter(PrintableTextFuzzTest::isActedOn)).isEmpty();
  }

  private static boolean isActedOn(int c) {
    return (c != '\n' && c != '\t' && Character.isISOControl(c))
        || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || (c >= 0xe0000 && c <= 0xe0fff)
        || Character.getType(c) == Character.SURROGATE;
  }

  /** Returns the bytes as UTF-16, in which surrogates come alone, too. */
  private static String units(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < bytes.length; i += 2) {
      text.append((char) (((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)));
    }
    return text.toString();
  }
}
