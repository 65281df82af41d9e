package dev.dispense.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PipeTest {
  private final Pipe pipe = new Pipe();

  @Test
  void passesOnEachByteInItsOrder() throws Exception {
    byte[] bytes = new byte[3_000_001];
    new Random(1).nextBytes(bytes);
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (OutputStream out = pipe.output()) {
                out.write(bytes[0]);
                for (int i = 1; i < bytes.length; i += 100_000) {
                  out.write(bytes, i, Math.min(100_000, bytes.length - i));
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    try (InputStream in = pipe.input()) {
      assertThat((byte) in.read()).isEqualTo(bytes[0]);
      byte[] rest = in.readAllBytes();
      assertThat(rest).hasSize(bytes.length - 1).endsWith(bytes[bytes.length - 1]);
      assertThat(rest).startsWith(bytes[1]).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
      assertThat(in.read()).isEqualTo(-1);
    }
    writing.get();
  }

  @Test
  void isEmptyWhenNothingWasWritten() throws IOException {
    pipe.output().close();
    assertThat(pipe.input().readAllBytes()).isEmpty();
  }

  @Test
  void tellsTheReaderWhyTheWriterFailedAfterWhatItWrote() throws IOException {
    OutputStream out = pipe.output();
    out.write(7);
    pipe.fail(new IOException("the file is gone"));
    out.close();
    InputStream in = pipe.input();
    assertThat(in.read()).isEqualTo(7);
    assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessage("the file is gone");
  }

  @Test
  void failsTheWriterWhenNobodyReadsAnyLonger() throws IOException {
    pipe.input().close();
    try (OutputStream out = pipe.output()) {
      assertThatThrownBy(() -> out.write(new byte[10 << 20]))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("nobody reads");
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("nobody reads");
    }
  }

  @Test
  void letsWhoWaitsBeInterrupted() throws IOException {
    Thread.currentThread().interrupt();
    InputStream in = pipe.input();
    assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatIsFlushedIsReadBeforeTheEnd() throws Exception {
    try (InputStream in = pipe.input();
        OutputStream out = pipe.output()) {
      out.write(new byte[] {1, 2, 3});
      out.flush();
      out.flush();
      assertThat(in.readNBytes(3)).containsExactly(1, 2, 3);
      out.write(4);
      out.flush();
      assertThat(in.read()).isEqualTo(4);
    }
  }
}
