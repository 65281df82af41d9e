package dev.dispense.git;

import static dev.dispense.git.HostilePack.deflated;
import static dev.dispense.git.HostilePack.insertion;
import static dev.dispense.git.HostilePack.joined;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packs that no git would write, of objects that are as they should be. */
class HostilePackTest {
  private static final byte[] README = ascii("read me\n");
  private static final byte[] CONTENT = ascii("content");

  @TempDir static Path temporary;
  private static HostileSandbox sandbox;
  private HostileObjects objects;

  @BeforeAll
  static void makeSandbox() throws IOException {
    sandbox = HostileSandbox.in(temporary);
  }

  @BeforeEach
  void startAnew() {
    objects = sandbox.objects();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Adds a commit with one file. */
  private ObjectId work(String content) {
    return objects.commitOf("100644", "f", objects.blob(content));
  }

  private ObjectId blobId(byte[] content) {
    return objects.idOf(Constants.OBJ_BLOB, content);
  }

  private void assertRefused(ObjectId work, String reason) {
    sandbox.assertRefused(objects.result(work), reason);
  }

  private void assertRefused(ObjectId work, byte[] pack, String reason) {
    sandbox.assertRefused(objects.result(work, pack), reason);
  }

  @Test
  void whatAllOfThemStartFromIsAccepted() {
    assertThat(sandbox.send(objects.result(work("accepted"))).files()).isNotEmpty();
  }

  @Test
  void aWrongChecksum() {
    ObjectId work = work("x");
    byte[] pack = objects.pack().bytes();
    pack[pack.length - 1] ^= 1;
    assertRefused(work, pack, "SHA1 mismatch");
  }

  @Test
  void noChecksum() {
    ObjectId work = work("x");
    byte[] pack = objects.pack().bytes();
    assertRefused(work, Arrays.copyOf(pack, pack.length - 20), "early EOF");
  }

  @ParameterizedTest
  @CsvSource({
    "0, SHA1 mismatch",
    "2, SHA1 mismatch",
    "4, its objects fail the checks",
    "-1, its objects fail the checks",
    "2147483647, its objects fail the checks",
  })
  void aWrongNumberOfObjects(int count, String reason) {
    ObjectId work = work("x");
    assertRefused(work, objects.pack().bytes("PACK", 2, count), reason);
  }

  @Test
  void aFormatThatDoesNotExist() {
    ObjectId work = work("x");
    assertRefused(work, objects.pack().bytes("PACK", 4, 3), "version 4 unsupported");
    assertRefused(work, objects.pack().bytes("KCAP", 2, 3), "signature mismatch");
  }

  /** Git repeats it on its output, where the name of the pack is read. */
  @ParameterizedTest
  @ValueSource(strings = {"garbage", "\n", "\0", "/../../../../x", "\tpack\t", "PACK\0\0\0\2"})
  void whatFollowsThePack(String garbage) {
    ObjectId work = work("x");
    byte[] pack = joined(objects.pack().bytes(), garbage.getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(work, pack, "something follows the pack");
  }

  @Test
  void muchThatFollowsThePack() {
    ObjectId work = work("x");
    byte[] pack = joined(objects.pack().bytes(), new byte[1 << 20]);
    assertRefused(work, pack, "something follows the pack");
  }

  @Test
  void anotherPackThatFollowsThePack() {
    ObjectId work = work("x");
    byte[] pack = objects.pack().bytes();
    assertRefused(work, joined(pack, pack), "something follows the pack");
  }

  @Test
  void anObjectTwice() {
    ObjectId work = work("x");
    objects.blob("x");
    assertRefused(work, "appears twice");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5})
  void anObjectOfATypeThatDoesNotExist(int type) {
    ObjectId work = work("x");
    objects.pack().entry(type, 1, new byte[0], deflated(new byte[1]));
    assertRefused(work, "unknown object type " + type);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 1L << 20, 1L << 62})
  void anObjectOfAnotherLengthThanItSays(long length) {
    ObjectId work = work("x");
    objects.pack().entry(Constants.OBJ_BLOB, length, new byte[0], deflated(new byte[2]));
    assertRefused(work, "bad object at offset");
  }

  @Test
  void anObjectThatIsNotCompressed() {
    ObjectId work = work("x");
    objects.pack().entry(Constants.OBJ_BLOB, CONTENT.length, new byte[0], CONTENT);
    assertRefused(work, "data stream error");
  }

  @Test
  void aDeltaOfAFileThatTheUserHasIsAccepted() {
    objects.pack().delta(blobId(README), insertion(README.length, CONTENT));
    ObjectId work = objects.commitOf("100644", "f", blobId(CONTENT));

    Changes changes = sandbox.send(objects.result(work));
    changes.fetchInto(sandbox.repository, "delta");

    assertThat(sandbox.test.git(sandbox.repository, "show", "delta:f")).isEqualTo("content");
  }

  @Test
  void aDeltaOfWhatIsMissing() {
    objects.pack().delta(blobId(ascii("missing")), insertion(7, CONTENT));
    assertRefused(objects.commitOf("100644", "f", blobId(CONTENT)), "unresolved delta");
  }

  @Test
  void deltasOfEachOther() {
    byte[] one = ascii("one");
    byte[] other = ascii("other");
    objects
        .pack()
        .delta(blobId(one), insertion(one.length, other))
        .delta(blobId(other), insertion(other.length, one));
    assertRefused(objects.commitOf("100644", "f", blobId(one)), "2 unresolved deltas");
  }

  @Test
  void aDeltaOfItself() {
    byte[] one = ascii("one");
    objects.pack().delta(blobId(one), insertion(one.length, one));
    assertRefused(objects.commitOf("100644", "f", blobId(one)), "unresolved delta");
  }

  @ParameterizedTest
  @CsvSource({"0, out of bound", "127, out of bound", "1, unresolved delta"})
  void aDeltaOfAPlaceWhereNoObjectStarts(int distance, String reason) {
    objects.pack().object(Constants.OBJ_BLOB, CONTENT);
    objects.pack().offsetDelta(distance, insertion(CONTENT.length, CONTENT));
    assertRefused(work("x"), reason);
  }

  @Test
  void aDeltaOfAnotherLengthThanItSays() {
    objects.pack().delta(blobId(README), insertion(README.length + 1, CONTENT));
    assertRefused(objects.commitOf("100644", "f", blobId(CONTENT)), "failed to apply delta");
  }

  @Test
  void aDeltaThatReadsBehindTheEndOfItsBase() {
    byte copyOneFrom100 = (byte) 0x91;
    objects.pack().delta(blobId(README), new byte[] {8, 1, copyOneFrom100, 100, 1});
    assertRefused(objects.commitOf("100644", "f", blobId(CONTENT)), "failed to apply delta");
  }

  @Test
  void aDeltaOfAnInstructionThatDoesNotExist() {
    objects.pack().delta(blobId(README), new byte[] {8, 1, 0});
    assertRefused(objects.commitOf("100644", "f", blobId(CONTENT)), "failed to apply delta");
  }

  /** The memory for it is asked for before anything is read of it. */
  @Test
  void aTreeThatSaysItHasTwoGibibytes() {
    ObjectId work = work("x");
    objects.pack().entry(Constants.OBJ_TREE, 2L << 30, new byte[0], deflated(new byte[2]));
    assertRefused(work, "over limit");
  }

  @Test
  void aDeltaThatMakesFourGibibytesOfAFewBytes() {
    ByteArrayOutputStream delta = new ByteArrayOutputStream();
    delta.write(README.length);
    delta.writeBytes(HostilePack.length(4L << 30));
    delta.write(0x90);
    delta.write(README.length);
    objects.pack().delta(blobId(README), delta.toByteArray());
    assertRefused(work("x"), "over limit");
  }

  @Test
  void aFileThatGrowsAThousandTimesIsNotWrittenOutByTheChecks() throws IOException {
    ObjectId zeros = objects.add(Constants.OBJ_BLOB, new byte[16 << 20]);
    byte[] result = objects.result(objects.commitOf("100644", "zeros", zeros));

    Changes changes = sandbox.send(result);
    changes.fetchInto(sandbox.repository);

    assertThat(result).hasSizeLessThan(32 << 10);
    assertThat(sandbox.bytesWithin(sandbox.repository)).isLessThan(1 << 20);
  }
}
