package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {
  @Test
  void writesWhatIsSmallAsOneChunk() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Chunks chunks = new Chunks(sent);
    chunks.write('a');
    chunks.write("bc".getBytes(StandardCharsets.UTF_8));
    chunks.finish();
    assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("00000003\r\nabc\r\n0\r\n\r\n");
  }

  @Test
  void writesNothingButTheEndOfAnEmptyBody() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    new Chunks(sent).finish();
    assertThat(sent.toString(StandardCharsets.UTF_8)).isEqualTo("0\r\n\r\n");
  }

  @Test
  void cutsWhatIsLargeIntoChunks() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    Chunks chunks = new Chunks(sent);
    chunks.write(new byte[(128 << 10) + 1]);
    chunks.finish();
    String text = sent.toString(StandardCharsets.ISO_8859_1);
    assertThat(text).startsWith("00020000\r\n").endsWith("\r\n00000001\r\n\0\r\n0\r\n\r\n");
    assertThat(text).hasSize((128 << 10) + 1 + 2 * 12 + 5);
  }

  @ParameterizedTest
  @CsvSource({
    "3|abc|2;x=y|de|0||, abcde",
    "A|0123456789|0||, 0123456789",
    "3|abc|, abc",
    "3|ab, ab",
    "x|abc|, ''",
    "-3|abc|, ''",
    "FFFFFFF|abcdefghijkl, abcdefghij"
  })
  void readsWhatComesInChunks(String sent, String body) throws IOException {
    byte[] bytes = sent.replace("|", "\r\n").getBytes(StandardCharsets.UTF_8);
    assertThat(Chunks.read(new ByteArrayInputStream(bytes), 10)).asString().isEqualTo(body);
  }

  @Test
  void knowsWhenTheOtherSideTookNoMore() {
    Chunks chunks =
        new Chunks(
            new OutputStream() {
              @Override
              public void write(int value) throws IOException {
                throw new IOException("broken pipe");
              }
            });
    assertThatThrownBy(chunks::finish).hasMessage("broken pipe");
    assertThat(chunks.isRefused()).isTrue();
  }
}
