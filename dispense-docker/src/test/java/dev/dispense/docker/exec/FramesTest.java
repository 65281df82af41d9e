package dev.dispense.docker.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FramesTest {
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  private static byte[] frame(int stream, int length, String content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        new byte[] {
          (byte) stream,
          0,
          0,
          0,
          (byte) (length >> 24),
          (byte) (length >> 16),
          (byte) (length >> 8),
          (byte) length
        });
    bytes.writeBytes(content.getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private void copy(byte[]... frames) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    new Frames(new OneByteAtATime(all.toByteArray())).copyTo(stdout, stderr);
  }

  @Test
  void outputsAreTakenApartWhereverTheConnectionCutsThem() throws IOException {
    String big = "x".repeat(70_000);

    copy(frame(1, 3, "out"), frame(2, 3, "err"), frame(1, 0, ""), frame(1, 70_000, big));

    assertThat(stdout).hasToString("out" + big);
    assertThat(stderr).hasToString("err");
  }

  @Test
  void anEndWithinAFrameIsNoEnd() {
    assertThatThrownBy(() -> copy(frame(1, 4, "abc"))).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> copy(new byte[] {1, 0, 0})).isInstanceOf(EOFException.class);
  }

  @Test
  void aTerminalsOutputPassesAsItIs() throws IOException {
    byte[] raw = {1, 0, 0, 0, 2};

    new Frames(new ByteArrayInputStream(raw)).copyRawTo(stdout);

    assertThat(stdout.toByteArray()).isEqualTo(raw);
  }

  private static final class OneByteAtATime extends InputStream {
    private final ByteArrayInputStream bytes;

    OneByteAtATime(byte[] content) {
      this.bytes = new ByteArrayInputStream(content);
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return bytes.read(buffer, offset, Math.min(1, length));
    }
  }
}
