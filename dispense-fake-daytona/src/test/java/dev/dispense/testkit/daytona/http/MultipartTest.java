package dev.dispense.testkit.daytona.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Multipart bodies that come in pieces, or not to their end. */
final class MultipartTest {
  private static final String BODY =
      String.join(
          "\r\n",
          "--b",
          "Content-Disposition: form-data; name=\"one\"",
          "",
          "",
          "--a",
          "-",
          "",
          "--b",
          "Content-Disposition: form-data; name=\"two\"; filename=\"f\"",
          "",
          "",
          "--b--",
          "");

  @Test
  void findsThePartsHoweverTheBytesCome() throws IOException {
    for (int piece = 1; piece < BODY.length(); piece++) {
      assertThat(parts(inPieces(BODY, piece)))
          .as("pieces of %d bytes", piece)
          .containsExactly("one=\r\n--a\r\n-\r\n", "two=");
    }
  }

  @Test
  void skipsPartsThatNobodyReads() throws IOException {
    Multipart body = multipart(inPieces(BODY, 3));
    assertThat(body.next().map(Multipart.Part::name)).contains("one");
    assertThat(body.next().map(Multipart.Part::name)).contains("two");
    assertThat(body.next()).isEmpty();
  }

  @Test
  void saysThatABodyWasCutOff() {
    for (int length = 0; length < BODY.length() - 2; length++) {
      InputStream cut = inPieces(BODY.substring(0, length), 7);
      assertThatThrownBy(() -> parts(cut)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void keepsBytesThatFillTheBufferSeveralTimes() throws IOException {
    String content = "\r\n--\r\n".repeat(100_000);
    String body =
        "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n" + content + "\r\n--b--";
    assertThat(parts(inPieces(body, 10_007))).containsExactly("x=" + content);
  }

  private static List<String> parts(InputStream input) throws IOException {
    Multipart body = multipart(input);
    List<String> parts = new ArrayList<>();
    for (Optional<Multipart.Part> part = body.next(); part.isPresent(); part = body.next()) {
      byte[] content = part.get().body().readAllBytes();
      parts.add(part.get().name() + "=" + new String(content, StandardCharsets.UTF_8));
    }
    return parts;
  }

  private static Multipart multipart(InputStream input) {
    return Multipart.of(input, "multipart/form-data; boundary=b").orElseThrow();
  }

  private static InputStream inPieces(String text, int size) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(size, length));
      }
    };
  }
}
