package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An archive from a sandbox, byte by byte the work of somebody who is not trusted. */
class ArchiveFuzzTest {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final Archive.Limits LIMITS = new Archive.Limits(1 << 20, 50);

  @FuzzTest
  void anyBytesStayInside(byte[] archive) throws IOException {
    unpack(archive);
  }

  @FuzzTest
  void anyEntriesStayInside(byte[] archive) throws IOException {
    unpack(withChecksums(archive));
  }

  @FuzzTest
  void whatIsAcceptedIsWhatGnuTarExtracts(byte[] archive) throws Exception {
    byte[] whole = withChecksums(archive);
    try (UnpackedTree ours = new UnpackedTree();
        UnpackedTree theirs = new UnpackedTree()) {
      if (!accepts(ours, whole)) {
        return;
      }
      theirs.extractWithGnuTar(whole);
      assertThat(theirs.content()).isEqualTo(ours.content());
    }
  }

  @FuzzTest
  void aCopyIsUnpackedToTheSame(byte[] archive) throws IOException {
    byte[] whole = withChecksums(archive);
    try (UnpackedTree first = new UnpackedTree();
        UnpackedTree second = new UnpackedTree()) {
      if (!accepts(first, whole)) {
        return;
      }
      ByteArrayOutputStream copy = new ByteArrayOutputStream();
      Archive.copy(new ByteArrayInputStream(whole), copy, 1, 3_000_000);
      Archive.unpack(new ByteArrayInputStream(copy.toByteArray()), second.directory(), LIMITS);
      assertThat(second.content()).isEqualTo(first.content());
    }
  }

  @FuzzTest
  void aPackedTreeComesBack(byte[] instructions) throws IOException {
    try (UnpackedTree from = new UnpackedTree();
        UnpackedTree to = new UnpackedTree()) {
      from.grow(instructions);
      Archive.unpack(new ByteArrayInputStream(from.pack()), to.directory(), LIMITS);
      assertThat(to.content()).isEqualTo(from.content());
    }
  }

  private static void unpack(byte[] archive) throws IOException {
    try (UnpackedTree tree = new UnpackedTree()) {
      accepts(tree, archive);
      tree.assertNothingLeadsOutside();
      tree.assertWithin(LIMITS);
    }
  }

  private static boolean accepts(UnpackedTree tree, byte[] archive) {
    try {
      Archive.unpack(new ByteArrayInputStream(archive), tree.directory(), LIMITS);
      return true;
    } catch (RefusedException | IOException e) {
      assertThat(String.valueOf(e.getMessage())).doesNotContain("\u001b", "\n");
      return false;
    }
  }

  /** Makes the checksum of each block right, which a fuzzer does not find out by itself. */
  private static byte[] withChecksums(byte[] archive) {
    byte[] whole = archive.clone();
    for (int block = 0; block + BLOCK <= whole.length; block += BLOCK) {
      if (isHeader(whole, block)) {
        Arrays.fill(whole, block + CHECKSUM, block + CHECKSUM + 8, (byte) ' ');
        int sum = 0;
        for (int i = block; i < block + BLOCK; i++) {
          sum += whole[i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, whole, block + CHECKSUM, digits.length);
      }
    }
    return whole;
  }

  /** Content is left as it is; a header has "ustar" in it, in all formats but the oldest. */
  private static boolean isHeader(byte[] archive, int block) {
    return archive[block + 257] == 'u' && archive[block + 258] == 's';
  }
}
