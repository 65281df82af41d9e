package dev.dispense.git;

import static dev.dispense.git.HostileObjects.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Risk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trees that no git would write, made entry by entry. */
class HostileTreeTest {
  @TempDir static Path temporary;
  private static HostileSandbox sandbox;

  @BeforeAll
  static void makeSandbox() throws IOException {
    sandbox = HostileSandbox.in(temporary);
  }

  private static void assertRefused(HostileObjects objects, ObjectId work, String reason) {
    sandbox.assertRefused(objects.result(work), reason);
    assertThat(objects.complaints()).as("JGit is of the same opinion").isNotEmpty();
  }

  private static Changes accept(HostileObjects objects, ObjectId work) {
    return sandbox.send(objects.result(work));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git",
        ".GIT",
        ".git ",
        ".git.",
        ".git . .",
        "git~1",
        "GIT~1",
        ".g\u200cit",
        "\u200e.Git",
        ".git::$INDEX_ALLOCATION",
        ".git\\config",
      })
  void aNameThatAFileSystemTakesForTheGitDirectory(String name) {
    HostileObjects top = sandbox.objects();
    assertRefused(
        top,
        top.commitOf("40000", name, top.tree(entry("100644", "f", top.blob("")))),
        "hasDotgit");

    HostileObjects below = sandbox.objects();
    ObjectId directory = below.tree(entry("120000", name, below.blob("x")));
    assertRefused(below, below.commitOf("40000", "sub", directory), "hasDotgit");
  }

  @ParameterizedTest
  @CsvSource({
    "'..', hasDotdot",
    "'.', hasDot",
    "'', badTree",
    "'a/b', fullPathname",
    "'/', fullPathname",
    "'../x', fullPathname",
    "'.git/hooks', fullPathname",
  })
  void aNameThatIsAPath(String name, String reason) {
    HostileObjects top = sandbox.objects();
    assertRefused(top, top.commitOf("100644", name, top.blob("")), reason);

    HostileObjects below = sandbox.objects();
    ObjectId inner = below.tree(entry("100644", "f", below.blob("")));
    ObjectId directory = below.tree(entry("40000", name, inner));
    assertRefused(below, below.commitOf("40000", "sub", directory), reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"git~2", "...", ".. ", ".git\u2060", "a\nb", "..\\x"})
  void aNameThatNoGitTakesForAnotherIsARisk(String name) {
    HostileObjects objects = sandbox.objects();

    Changes changes = accept(objects, objects.commitOf("100644", name, objects.blob("")));

    assertThat(changes.risks()).extracting(Risk::kind).contains(Risk.Kind.NAME);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "x", "-1", " 100644", "0100644", "040000", "0"})
  void aModeThatIsNotWrittenAsGitDoes(String mode) {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.commitOf(mode, "f", objects.blob(""));

    sandbox.assertRefused(objects.result(work), mode.startsWith("0") ? "zeroPadded" : "badTree");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10644", "20644", "60000", "140000", "170000", "777777"})
  void aModeOfNoFileIsASubmoduleToGit(String mode) {
    HostileObjects objects = sandbox.objects();

    Changes changes = accept(objects, objects.commitOf(mode, "f", objects.blob("")));

    assertThat(objects.complaints()).as("JGit reads no submodule").isNotEmpty();
    assertThat(changes.risks()).extracting(Risk::kind).containsExactly(Risk.Kind.SUBMODULE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"100664", "100600", "104755", "37777100644"})
  void permissionsThatGitDoesNotKeepAreLeftOut(String mode) {
    HostileObjects objects = sandbox.objects();

    Changes changes = accept(objects, objects.commitOf(mode, "f", objects.blob("")));
    Path export = sandbox.test.root().resolve("export-" + mode);
    changes.exportTo(export);

    assertThat(objects.complaints()).isEmpty();
    assertThat(export.resolve("f")).isRegularFile();
    assertThat(export.resolve("f").toFile().canExecute()).isEqualTo(mode.endsWith("755"));
  }

  @Test
  void twoEntriesOfOneName() {
    HostileObjects objects = sandbox.objects();
    byte[] file = entry("100644", "f", objects.blob(""));
    assertRefused(objects, objects.commit(objects.tree(file, file)), "duplicateEntries");
  }

  @Test
  void aFileAndADirectoryOfOneName() {
    HostileObjects objects = sandbox.objects();
    ObjectId blob = objects.blob("");
    byte[] directory = entry("40000", "f", objects.tree(entry("100644", "x", blob)));
    ObjectId tree =
        objects.tree(entry("100644", "f", blob), entry("100644", "f-", blob), directory);
    assertRefused(objects, objects.commit(tree), "duplicateEntries");
  }

  @Test
  void entriesOutOfOrder() {
    HostileObjects objects = sandbox.objects();
    ObjectId blob = objects.blob("");
    ObjectId tree = objects.tree(entry("100644", "g", blob), entry("100644", "f", blob));
    assertRefused(objects, objects.commit(tree), "treeNotSorted");
  }

  @Test
  void anEntryThatIsCutOff() {
    HostileObjects objects = sandbox.objects();
    byte[] file = entry("100644", "f", objects.blob(""));
    ObjectId tree = objects.tree(Arrays.copyOf(file, file.length - 1));
    assertRefused(objects, objects.commit(tree), "badTree");
  }

  @Test
  void aNameWithoutAnEnd() {
    HostileObjects objects = sandbox.objects();
    ObjectId tree = objects.tree("100644 f".getBytes(StandardCharsets.US_ASCII));
    assertRefused(objects, objects.commit(tree), "badTree");
  }

  @Test
  void aNulInAName() {
    HostileObjects objects = sandbox.objects();
    assertRefused(objects, objects.commitOf("100644", "f\0g", objects.blob("")), "badTree");
  }

  @ParameterizedTest
  @ValueSource(strings = {"100644", "40000", "160000"})
  void anEntryOfTheIdThatIsNone(String mode) {
    HostileObjects objects = sandbox.objects();
    assertRefused(objects, objects.commitOf(mode, "f", ObjectId.zeroId()), "nullSha1");
  }

  @Test
  void anEntryOfAnotherTypeThanItsObject() {
    HostileObjects treeAsFile = sandbox.objects();
    ObjectId work = treeAsFile.commitOf("100644", "f", treeAsFile.tree());
    sandbox.assertRefused(treeAsFile.result(work), "is a tree, not a blob");

    HostileObjects fileAsTree = sandbox.objects();
    work = fileAsTree.commitOf("40000", "f", fileAsTree.blob("x"));
    sandbox.assertRefused(fileAsTree.result(work), "is a blob, not a tree");

    HostileObjects commitOfTheUserAsTree = sandbox.objects();
    work = commitOfTheUserAsTree.commitOf("40000", "f", sandbox.base());
    sandbox.assertRefused(commitOfTheUserAsTree.result(work), "is a tree, not a commit");
  }

  @ParameterizedTest
  @ValueSource(strings = {"100644", "120000", "40000"})
  void anEntryWhoseObjectIsMissing(String mode) {
    HostileObjects objects = sandbox.objects();
    ObjectId missing = objects.idOf(Constants.OBJ_BLOB, new byte[] {1});
    ObjectId work = objects.commitOf(mode, "f", missing);

    sandbox.assertRefused(objects.result(work), "did not receive expected object");
  }
}
