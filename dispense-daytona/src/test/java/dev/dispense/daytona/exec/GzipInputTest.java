package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipInputTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65536, 1_000_003})
  void whatIsCompressedComesBack(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    try (GzipInput compressed = new GzipInput(new ByteArrayInputStream(bytes))) {
      byte[] all = compressed.readAllBytes();

      assertThat(compressed.read()).isNegative();
      assertThat(new GZIPInputStream(new ByteArrayInputStream(all)).readAllBytes())
          .isEqualTo(bytes);
    }
  }

  @Test
  void aByteAtATimeIsTheSame() throws IOException {
    try (GzipInput compressed = new GzipInput(new ByteArrayInputStream(new byte[] {1, 2, 3}))) {
      byte[] all = new byte[100];
      int length = 0;
      for (int next = compressed.read(); next >= 0; next = compressed.read()) {
        all[length++] = (byte) next;
      }

      assertThat(new GZIPInputStream(new ByteArrayInputStream(all, 0, length)).readAllBytes())
          .containsExactly(1, 2, 3);
    }
  }
}
