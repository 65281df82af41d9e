package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.result.Bundle;
import dev.dispense.git.result.ResultStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The work of an agent as it leaves the sandbox: nothing of it is to be trusted. */
class ResultFuzzTest {
  private static final int LIMIT = 1_000;

  @FuzzTest
  void theHeaderOfABundleIsReadOrRefused(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("dispense-fuzz", ".bundle");
    try {
      Files.write(file, bytes);
      Bundle bundle = Bundle.read(file, "sha1");
      assertThat(bundle.packOffset()).isBetween(1L, (long) bytes.length);
      assertThat(bytes[(int) bundle.packOffset() - 1]).isEqualTo((byte) '\n');
      try (InputStream pack = bundle.openPack()) {
        assertThat((long) pack.readAllBytes().length).isEqualTo(bytes.length - bundle.packOffset());
      }
    } catch (RefusedException e) {
      assertThat(String.valueOf(e.getMessage()).codePoints().filter(Character::isISOControl))
          .isEmpty();
    } finally {
      Files.delete(file);
    }
  }

  @FuzzTest
  void theStreamOfAResultIsTheSameInWhateverPiecesItComes(byte[] bytes) throws IOException {
    assertThat(read(bytes, 1)).isEqualTo(read(bytes, Math.max(1, bytes.length)));
  }

  private static String read(byte[] bytes, int piece) throws IOException {
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    try (ResultStream stream = new ResultStream(bundle, LIMIT)) {
      try {
        for (int i = 0; i < bytes.length; i += piece) {
          stream.write(bytes, i, Math.min(piece, bytes.length - i));
        }
      } catch (IOException e) {
        assertThat(stream.isOverLimit()).isTrue();
        return "over the limit";
      }
      assertThat(bundle.size()).isLessThanOrEqualTo(LIMIT);
      return stream.head()
          + " "
          + stream.work()
          + " "
          + bundle.toString(StandardCharsets.ISO_8859_1);
    } catch (RefusedException e) {
      return "refused";
    }
  }

  @FuzzTest
  void whatASandboxRemembersOfItsSourceIsReadOrReported(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("dispense-fuzz", ".properties");
    try {
      Files.write(file, bytes);
      Labels.read(file)
          .ifPresent(labels -> assertThat(Labels.of(labels.toMap())).isEqualTo(labels));
    } catch (DispenseException e) {
      assertThat(e).hasMessageStartingWith("Tried to ");
    } finally {
      Files.delete(file);
    }
  }
}
