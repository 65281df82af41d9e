package dev.dispense.core.preview;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request to a preview, byte by byte the work of somebody who has no token. */
class PreviewFuzzTest {
  private static final String TOKEN = "nobody-guesses-this";

  @FuzzTest
  void nothingPassesWithoutTheToken(byte[] request) throws IOException {
    PreviewGuard door = new PreviewGuard(4000, Secret.of(TOKEN));
    try {
      HttpHead head = HttpHead.ofRequest(HttpHead.read(new ByteArrayInputStream(request)));
      assertThat(door.judge(head)).isInstanceOf(PreviewGuard.Answered.class);
    } catch (ProtocolException e) {
      assertThat(e).hasMessageNotContaining(TOKEN);
    }
  }

  @FuzzTest
  void aHeadIsWrittenAsItIsRead(byte[] request) throws IOException {
    HttpHead head;
    try {
      head = HttpHead.ofRequest(HttpHead.read(new ByteArrayInputStream(request)));
    } catch (ProtocolException e) {
      return;
    }
    assertThat(HttpHead.ofRequest(head.bytes())).isEqualTo(head);
  }

  @FuzzTest
  void aBodyPassesAsItIs(byte[] message) throws IOException {
    String chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    HttpHead head = HttpHead.ofRequest(chunked.getBytes(StandardCharsets.ISO_8859_1));
    ByteArrayInputStream in = new ByteArrayInputStream(message);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      HttpBody.ofRequest(head).copy(in, out);
    } catch (IOException e) {
      return;
    }
    int length = message.length - in.available();
    assertThat(out.toByteArray()).isEqualTo(Arrays.copyOf(message, length));
  }
}
