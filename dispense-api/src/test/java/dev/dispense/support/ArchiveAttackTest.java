package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives that were made to do harm. */
class ArchiveAttackTest {
  @TempDir Path outside;
  private Path directory;

  @BeforeEach
  void makeDirectory() throws IOException {
    directory = Files.createDirectories(outside.resolve("a/b/directory"));
    Files.writeString(outside.resolve("a/secret"), "secret");
  }

  @AfterEach
  void nothingOutsideHasChanged() throws IOException {
    assertThat(outside.resolve("a/secret")).hasContent("secret");
    try (Stream<Path> paths = Files.walk(outside)) {
      assertThat(paths.filter(path -> !path.startsWith(directory)))
          .containsExactlyInAnyOrder(
              outside, outside.resolve("a"), outside.resolve("a/b"), outside.resolve("a/secret"));
    }
  }

  @Test
  void pathsThatLeadOutAreRefused() {
    for (String name :
        List.of(
            "/etc/evil",
            "//etc/evil",
            "../evil",
            "x/../../evil",
            "x/..",
            "..",
            "./../evil",
            "x/./../../evil",
            outside + "/evil")) {
      assertRefused(new TarBytes().file(name, "evil"));
      assertRefused(new TarBytes().directory(name + "/"));
      assertRefused(new TarBytes().link(name, "target"));
      assertRefused(new TarBytes().pax('x', "path", name).file("innocent", "evil"));
      assertRefused(
          new TarBytes().entry("././@LongLink", 'L', 0, "", name + "\0").file("innocent", "evil"));
    }
  }

  @Test
  void aPrefixIsAPartOfThePath() {
    assertRefused(new TarBytes().prefixed("../..", "evil"));
    assertRefused(new TarBytes().prefixed("", "../evil"));
    assertRefused(new TarBytes().prefixed("/etc", "evil"));
  }

  @Test
  void namesWithNulAreRefused() {
    assertRefused(new TarBytes().pax('x', "path", "safe\0/../../evil").file("f", "evil"));
    assertRefused(new TarBytes().pax('x', "linkpath", "safe\0x").link("f", "x"));
  }

  @Test
  void whatIsNoFileDirectoryOrLinkIsRefused() {
    for (char type : new char[] {'1', '3', '4', '6', 'D', 'M', 'N', 'S', 'V', 'X', 'A', 'z'}) {
      assertRefused(new TarBytes().entry("evil", type, 0644, "../../secret", ""));
    }
  }

  @Test
  void aHardLinkToAFileOfTheArchiveIsRefusedToo() {
    assertRefused(new TarBytes().file("f", "x").entry("hard", '1', 0644, "f", ""));
  }

  @Test
  void linksThatLeadOutAreRefused() {
    for (String target :
        List.of(
            "/etc/passwd",
            "..",
            "../secret",
            "../../secret",
            "./../secret",
            ".//..",
            "x/../../secret",
            "x/..",
            "")) {
      assertRefused(new TarBytes().link("link", target));
      assertRefused(new TarBytes().pax('x', "linkpath", target + "/..").link("link", "fine"));
    }
    assertRefused(new TarBytes().link("d/e/link", "../../../secret"));
    assertRefused(
        new TarBytes().entry("././@LongLink", 'K', 0, "", "../../secret\0").link("link", "fine"));
  }

  @Test
  void linksThatLeadOutOnlyTogetherAreRefused() {
    // Read without following, p/q/r/out is p/q/secret; but p/q/r/up is the root.
    assertRefused(new TarBytes().link("p/q/r/up", "../../..").link("p/q/r/out", "up/../../secret"));
    assertRefused(new TarBytes().link("p/q/r/out", "up/../../secret").link("p/q/r/up", "../../.."));
  }

  @Test
  void linksThatStayInsideAreMade() throws IOException {
    unpack(
        new TarBytes()
            .file("d/e/file", "inside")
            .link("d/link", "e/file")
            .link("d/e/up", "../../d/e/./file")
            .link("root", ".")
            .link("dangling", "not/there")
            .end());

    assertThat(directory.resolve("d/link")).hasContent("inside");
    assertThat(directory.resolve("d/e/up")).hasContent("inside");
    assertThat(Files.readSymbolicLink(directory.resolve("dangling"))).hasToString("not/there");
  }

  @Test
  void nothingIsWrittenThroughALink() {
    TarBytes inside = new TarBytes().directory("real").link("link", "real");
    assertRefused(inside.file("link/file", "through"));
    assertThat(directory.resolve("real/file")).doesNotExist();
    assertRefused(new TarBytes().link("l2", "target").file("l2", "over"));
    assertThat(directory.resolve("target")).doesNotExist();
    assertRefused(new TarBytes().link("l3", "target").directory("l3"));
    assertRefused(new TarBytes().link("l4", ".").link("l4/l5", "target"));
  }

  @Test
  void nothingIsWrittenThroughALinkThatWasThereBefore() throws IOException {
    Files.createSymbolicLink(directory.resolve("before"), outside.resolve("a"));

    assertRefused(new TarBytes().file("before/secret", "overwritten"));
    assertRefused(new TarBytes().directory("before/made"));
    assertRefused(new TarBytes().directory("before"));
  }

  @Test
  void whatComesTwiceIsRefused() throws IOException {
    assertRefused(new TarBytes().file("f", "first").file("f", "second"));
    assertRefused(new TarBytes().file("g", "first").file("./g", "second"));
    assertRefused(new TarBytes().file("h", "first").link("h", "f"));
    assertRefused(new TarBytes().file("i", "first").directory("i"));
    assertRefused(new TarBytes().directory("j").file("j", "second"));
    assertRefused(new TarBytes().file("k", "first").file("k/below", "second"));
    assertThat(directory.resolve("f")).hasContent("first");
    assertThat(directory.resolve("g")).hasContent("first");
  }

  @Test
  void aFileThatIsThereIsNotOverwritten() throws IOException {
    Files.writeString(directory.resolve("there"), "mine");

    assertRefused(new TarBytes().file("there", "theirs"));
    assertThat(directory.resolve("there")).hasContent("mine");
  }

  @Test
  void theEntriesAreLimited() throws IOException {
    TarBytes three = new TarBytes().file("a", "").directory("b").link("c", "a");
    Archive.unpack(three.end(), directory, new Archive.Limits(0, 3));

    assertThatThrownBy(
            () ->
                Archive.unpack(
                    new TarBytes().file("d", "").file("e", "").end(),
                    directory,
                    new Archive.Limits(100, 1)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("1 entries allowed");
  }

  @Test
  void directoriesThatOnlyPathsNameAreEntriesToo() throws IOException {
    TarBytes archive = new TarBytes().file("a/b/c/f", "").file("a/b/c/g", "").file("a/d/h", "");
    Archive.unpack(archive.end(), directory, new Archive.Limits(0, 8));

    assertThatThrownBy(
            () ->
                Archive.unpack(
                    new TarBytes().file("1/2/3/4/f", "").end(),
                    directory,
                    new Archive.Limits(0, 4)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("4 entries allowed");
    assertThat(directory.resolve("1/2/3/4")).doesNotExist();
  }

  @Test
  void theBytesAreLimitedBeforeTheyAreWritten() {
    Archive.Limits limits = new Archive.Limits(10, 100);
    assertThatThrownBy(
            () ->
                Archive.unpack(
                    new TarBytes().file("fits", "12345678").file("not", "123").end(),
                    directory,
                    limits))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("10 bytes allowed");
    assertThat(directory.resolve("not")).doesNotExist();
  }

  @Test
  void sizesThatLieAreRefused() {
    for (String size :
        List.of(
            "77777777777",
            "\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
            "\u0080\0\0\u0001\0\0\0\0\0\0\0\0",
            "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
            "-0000000001",
            "0x00000000",
            "99999999999")) {
      assertFails(new TarBytes().header("f" + size.hashCode(), '0', 0644, size, ""));
    }
    for (String size : List.of("-1", "9223372036854775807", "99999999999999999999", "1e3", "")) {
      assertFails(new TarBytes().pax('x', "size", size).file("f", "x"));
    }
  }

  @Test
  void onlyAFileMayHaveContent() {
    assertRefused(new TarBytes().entry("d", '5', 0755, "", "hidden"));
    assertRefused(new TarBytes().entry("l", '2', 0755, "x", "hidden"));
    assertRefused(new TarBytes().entry("slash/", '0', 0755, "", "hidden"));
  }

  @Test
  void sparseFilesAreReported() {
    assertFails(new TarBytes().pax('x', "GNU.sparse.realsize", "1000000000000").file("f", "x"));
  }

  @Test
  void anExtendedHeaderForAllEntriesChangesNoPath() throws IOException {
    assertFails(new TarBytes().pax('g', "path", "evil").file("f", "x"));
    assertFails(new TarBytes().pax('g', "size", "0").file("f", "x"));
    unpack(new TarBytes().pax('g', "comment", "a commit id").file("fine", "x").end());
    assertThat(directory.resolve("fine")).hasContent("x");
  }

  @Test
  void malformedExtendedHeadersAreReported() {
    for (String records :
        List.of(
            "x",
            "5",
            "0 a=b\n",
            "-1 a=b\n",
            "99 a=b\n",
            "6 a=b\n",
            "7 ab  \n",
            "6 a=b.",
            " a=b\n")) {
      assertFails(new TarBytes().entry("pax", 'x', 0, "", records).file("f", "x"));
    }
    assertFails(new TarBytes().entry("pax", 'x', 0, "", "6 a=b\n"));
  }

  @Test
  void anEntryHasOneExtendedHeaderOfAKind() {
    for (char type : new char[] {'L', 'K'}) {
      assertFails(
          new TarBytes()
              .entry("././@LongLink", type, 0, "", "first\0")
              .entry("././@LongLink", type, 0, "", "second\0")
              .link("l", "x"));
    }
    assertFails(new TarBytes().pax('x', "path", "first").pax('x', "mtime", "1").file("f", "x"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void namesWithoutEndAreNotHeldInMemory() {
    assertFails(new TarBytes().header("long", 'L', 0, "77777777777", ""));
    assertFails(new TarBytes().header("pax", 'x', 0, "77777777777", ""));
    assertFails(new TarBytes().entry("long", 'L', 0, "", "x/".repeat(40_000)).file("f", "x"));
  }

  @Test
  void whatIsCutOffOrNoArchiveIsReported() {
    for (TarBytes archive :
        List.of(
            new TarBytes(),
            new TarBytes().raw(new byte[100]),
            new TarBytes().raw("this is no archive ".repeat(100).getBytes(StandardCharsets.UTF_8)),
            new TarBytes().header("cut", '0', 0644, "00000001000", "").raw(new byte[100]),
            new TarBytes().file("complete", "but without an end"))) {
      assertThatThrownBy(() -> unpack(archive.cutOff())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aWrongChecksumIsReported() throws IOException {
    byte[] archive = new TarBytes().file("name", "x").end().readAllBytes();
    archive[0] = 'N';

    assertThatThrownBy(() -> unpack(new ByteArrayInputStream(archive)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void modesAboveThePermissionsAreLeftOut() throws IOException {
    unpack(
        new TarBytes()
            .entry("setuid", '0', 06755, "", "x")
            .entry("sticky", '5', 07777, "", "")
            .end());

    assertThat(mode("setuid")).isEqualTo(0755);
    assertThat(mode("sticky")).isEqualTo(0777);
  }

  @Test
  void aDirectoryWithoutPermissionsIsFilledFirst() throws IOException {
    unpack(
        new TarBytes()
            .entry("closed", '5', 0500, "", "")
            .entry("closed/in", '5', 0000, "", "")
            .entry("closed/in/file", '0', 0400, "", "inside")
            .end());

    assertThat(mode("closed")).isEqualTo(0500);
    assertThat(mode("closed/in")).isEqualTo(0000);
    Files.setPosixFilePermissions(
        directory.resolve("closed/in"), PosixFilePermissions.fromString("rwx------"));
    assertThat(directory.resolve("closed/in/file")).hasContent("inside");
  }

  @Test
  void aDirectoryThatComesTwiceHasTheModeThatCameLast() throws IOException {
    unpack(
        new TarBytes()
            .entry("opened", '5', 0500, "", "")
            .entry("opened", '5', 0755, "", "")
            .entry("closed/in", '5', 0000, "", "")
            .entry("closed", '5', 0000, "", "")
            .entry("closed", '5', 0400, "", "")
            .end());

    assertThat(mode("opened")).isEqualTo(0755);
    assertThat(mode("closed")).isEqualTo(0400);
  }

  @Test
  void thePathsThatAreHeldInMemoryAreLimited() {
    // Each is as long as a path can be, and they differ only in their last name.
    String parent = ("d".repeat(200) + "/").repeat(18);
    TarBytes archive = new TarBytes();
    for (int i = 0; i < 10_000; i++) {
      archive.pax('x', "path", parent + i).entry("closed", '5', 0500, "", "");
    }

    assertThatThrownBy(() -> unpack(archive.end()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("its owner may not write");
  }

  @Test
  void theMessageHasNoTerminalEscapes() {
    assertThatThrownBy(() -> unpack(new TarBytes().file("../\u001b[31mevil\n", "x").end()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("../evil")
        .message()
        .doesNotContain("\u001b", "\n");
  }

  @Test
  void theArchiveIsReadToItsEnd() throws IOException {
    InputStream in = new TarBytes().file("f", "x").raw(new byte[100_000]).end();
    unpack(in);

    assertThat(in.read()).isNegative();
  }

  private int mode(String path) throws IOException {
    return (int) Files.getAttribute(directory.resolve(path), "unix:mode", LinkOption.NOFOLLOW_LINKS)
        & 07777;
  }

  /** Looking at each directory above each file again would take minutes. */
  @Test
  void manyFilesFarDownTakeNoLongerThanManyFiles() throws IOException {
    String deep = "d/".repeat((4000 - directory.toString().length()) / 2);
    TarBytes archive = new TarBytes();
    for (int i = 0; i < 4000; i++) {
      archive.pax('x', "path", deep + i).file("file", "");
    }
    unpack(archive.end());

    assertThat(directory.resolve(deep + "3999")).isRegularFile();
    FileTree.delete(directory.resolve("d"));
  }

  private void unpack(InputStream in) throws IOException {
    Archive.unpack(in, directory, Archive.Limits.DEFAULT);
  }

  private void assertRefused(TarBytes archive) {
    assertThatThrownBy(() -> unpack(archive.end())).isInstanceOf(RefusedException.class);
  }

  private void assertFails(TarBytes archive) {
    assertThatThrownBy(() -> unpack(archive.cutOff()))
        .isInstanceOfAny(IOException.class, RefusedException.class);
  }
}
