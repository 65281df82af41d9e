package dev.dispense.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineOutputTest {
  private final List<String> lines = new ArrayList<>();
  private final LineOutput output =
      new LineOutput(
          (line, omitted) ->
              lines.add(line + (omitted.isPresent() ? "+" + omitted.getAsLong() : "")),
          10);

  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    output.write(bytes, 0, bytes.length);
  }

  @Test
  void handsOnEachLineAsSoonAsItIsWhole() {
    write("one\ntw");
    assertThat(lines).containsExactly("one");
    write("o\n\nthree");
    assertThat(lines).containsExactly("one", "two", "");
  }

  @Test
  void handsOnTheUnfinishedLineAtTheEnd() {
    write("one\ntwo");
    output.finish();
    output.finish();
    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void joinsCharactersThatWereCutApart() {
    for (byte b : "größe\n".getBytes(StandardCharsets.UTF_8)) {
      output.write(b);
    }
    assertThat(lines).containsExactly("größe");
  }

  @Test
  void dropsCarriageReturnsBeforeLineBreaksOnly() {
    write("a\rb\r\n");
    assertThat(lines).containsExactly("a\rb");
  }

  @Test
  void countsWhatItLeavesOutOfAnOverlongLine() {
    write("0123456789abc");
    write("def\nnext\n");
    assertThat(lines).containsExactly("0123456789+6", "next");
  }

  @Test
  void countsAnOverlongLineThatStartsEmpty() {
    write("0123456789".repeat(3));
    output.finish();
    assertThat(lines).containsExactly("0123456789+20");
  }
}
