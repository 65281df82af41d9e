package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.docker.exec.Frames;
import dev.dispense.docker.image.ResultStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What comes from the engine, cut off or garbled. */
class EngineFuzzTest {
  @FuzzTest
  void noFrameIsLostOrInvented(byte[] stream) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    try {
      new Frames(new ByteArrayInputStream(stream)).copyTo(stdout, stderr);
    } catch (EOFException e) {
      return;
    }
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    int errors = 0;
    for (int i = 0; i < stream.length; ) {
      int length = ByteBuffer.wrap(stream).getInt(i + 4);
      expected.write(stream, i + 8, length);
      errors += stream[i] == 2 ? length : 0;
      i += 8 + length;
    }
    assertThat(stderr.size()).isEqualTo(errors);
    assertThat(stdout.size()).isEqualTo(expected.size() - errors);
  }

  /** Whatever is reported after the end, or after a failure, changes nothing. */
  @FuzzTest
  void theFirstEndOfALongWorkCounts(byte[] events) throws InterruptedException {
    ResultStream<Byte> stream =
        new ResultStream<>(
            item -> {
              if (item == 'x') {
                throw new IllegalArgumentException("the receiver");
              }
            });
    String expected = "";
    for (byte event : events) {
      String end = "";
      switch (event) {
        case 'c' -> {
          stream.onComplete();
          end = "complete";
        }
        case 'e' -> {
          stream.onError(new IllegalStateException("the engine"));
          end = "the engine";
        }
        case 's' -> stream.onStart(() -> {});
        case 'q' -> stream.close();
        default -> {
          stream.onNext(event);
          end = event == 'x' ? "the receiver" : "";
        }
      }
      expected = expected.isEmpty() ? end : expected;
    }
    if (!expected.isEmpty()) {
      assertThat(end(stream)).isEqualTo(expected);
    }
  }

  private static String end(ResultStream<Byte> stream) throws InterruptedException {
    try {
      stream.await();
      return "complete";
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
