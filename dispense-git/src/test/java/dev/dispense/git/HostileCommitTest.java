package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Changes.Commit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commits that no git would write, made line by line. */
class HostileCommitTest {
  private static final String AUTHOR = "author Eve <eve@example.com> 1800000000 +0000";
  private static final String COMMITTER = "committer Eve <eve@example.com> 1800000000 +0000";

  @TempDir static Path temporary;
  private static HostileSandbox sandbox;

  @BeforeAll
  static void makeSandbox() throws IOException {
    sandbox = HostileSandbox.in(temporary);
  }

  private static String tree() {
    return "tree " + sandbox.treeOfBase().name();
  }

  private static String parent() {
    return "parent " + sandbox.base().name();
  }

  private static void assertRefused(String reason, String... lines) {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.commit(lines);
    sandbox.assertRefused(objects.result(work), reason);
    assertThat(objects.complaints()).as("JGit is of the same opinion").isNotEmpty();
  }

  @Test
  void aHeaderWithoutATree() {
    assertRefused("bogus commit", parent(), AUTHOR, COMMITTER, "", "m");
  }

  @Test
  void aHeaderThatIsEmpty() {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.add(Constants.OBJ_COMMIT, new byte[0]);
    sandbox.assertRefused(objects.result(work), "bogus commit");
  }

  @Test
  void aHeaderThatIsCutOff() {
    HostileObjects objects = sandbox.objects();
    byte[] content = tree().substring(0, 30).getBytes(StandardCharsets.US_ASCII);
    ObjectId work = objects.add(Constants.OBJ_COMMIT, content);
    sandbox.assertRefused(objects.result(work), "bogus commit");
  }

  @Test
  void aHeaderWithTwoTrees() {
    assertRefused("missingAuthor", tree(), tree(), parent(), AUTHOR, COMMITTER, "", "m");
  }

  @Test
  void aHeaderWithoutAnAuthor() {
    assertRefused("missingAuthor", tree(), parent(), COMMITTER, "", "m");
  }

  @Test
  void aHeaderWithoutACommitter() {
    assertRefused("missingCommitter", tree(), parent(), AUTHOR, "", "m");
  }

  @Test
  void aParentBehindTheAuthor() {
    assertRefused("missingCommitter", tree(), AUTHOR, parent(), COMMITTER, "", "m");
  }

  @ParameterizedTest
  @CsvSource({
    "Eve 1800000000 +0000, missingEmail",
    "Eve <eve@example.com 1800000000 +0000, badEmail",
    "Eve <eve@example.com> x +0000, badDate",
    "Eve <eve@example.com> 1800000000 Z, badTimezone",
  })
  void anAuthorThatCannotBeRead(String author, String reason) {
    assertRefused(reason, tree(), parent(), "author " + author, COMMITTER, "", "m");
  }

  @Test
  void aTimeThatIsTooLargeForANumber() {
    HostileObjects objects = sandbox.objects();
    String author = "author Eve <eve@example.com> 99999999999999999999999 +0000";
    ObjectId work = objects.commit(tree(), parent(), author, COMMITTER, "", "m");
    sandbox.assertRefused(objects.result(work), "badDateOverflow");
  }

  @Test
  void aNulInTheHeaderOrTheMessage() {
    HostileObjects header = sandbox.objects();
    ObjectId work = header.commit(tree(), parent(), AUTHOR, COMMITTER + "\0", "", "m");
    sandbox.assertRefused(header.result(work), "nulInHeader");

    HostileObjects message = sandbox.objects();
    work = message.commit(tree(), parent(), AUTHOR, COMMITTER, "", "seen\0hidden");
    sandbox.assertRefused(message.result(work), "nulInCommit");
  }

  @Test
  void aParentThatIsMissing() {
    ObjectId missing = sandbox.objects().idOf(Constants.OBJ_COMMIT, new byte[] {1});
    for (ObjectId parent : new ObjectId[] {missing, ObjectId.zeroId()}) {
      HostileObjects sent = sandbox.objects();
      ObjectId work = sent.commit(tree(), "parent " + parent.name(), AUTHOR, COMMITTER, "", "m");
      sandbox.assertRefused(sent.result(work), "did not receive expected object " + parent.name());
    }
  }

  @Test
  void aParentThatIsNoCommit() {
    HostileObjects own = sandbox.objects();
    ObjectId directory = own.tree();
    ObjectId work = own.commit(tree(), "parent " + directory.name(), AUTHOR, COMMITTER, "", "m");
    sandbox.assertRefused(own.result(work), "is a tree, not a commit");

    HostileObjects users = sandbox.objects();
    String parent = "parent " + sandbox.treeOfBase().name();
    work = users.commit(tree(), parent, AUTHOR, COMMITTER, "", "m");
    sandbox.assertRefused(users.result(work), "is a tree, not a commit");

    HostileObjects blob = sandbox.objects();
    ObjectId file = blob.blob("x");
    work = blob.commit(tree(), "parent " + file.name(), AUTHOR, COMMITTER, "", "m");
    sandbox.assertRefused(blob.result(work), "is a blob, not a commit");
  }

  @Test
  void aTreeThatIsNone() {
    HostileObjects blob = sandbox.objects();
    ObjectId work = blob.commit(blob.blob("x"));
    sandbox.assertRefused(blob.result(work), "is a blob, not a tree");

    HostileObjects commit = sandbox.objects();
    work = commit.commit(sandbox.base());
    sandbox.assertRefused(commit.result(work), "is a tree, not a commit");

    HostileObjects missing = sandbox.objects();
    work = missing.commit(missing.idOf(Constants.OBJ_TREE, new byte[] {1}));
    sandbox.assertRefused(missing.result(work), "did not receive expected object");
  }

  @Test
  void aWorkThatIsATreeOrATag() {
    HostileObjects tree = sandbox.objects();
    sandbox.assertRefused(tree.result(tree.tree()), "is not a commit");

    HostileObjects tag = sandbox.objects();
    String content =
        "object " + sandbox.base().name() + "\ntype commit\ntag x\ntagger " + AUTHOR.substring(7);
    ObjectId work =
        tag.add(Constants.OBJ_TAG, (content + "\n\nm\n").getBytes(StandardCharsets.US_ASCII));
    sandbox.assertRefused(tag.result(work), "is not a commit");
  }

  @Test
  void aBrokenObjectThatNothingNeeds() {
    HostileObjects objects = sandbox.objects();
    objects.tree(HostileObjects.entry("40000", ".git", sandbox.treeOfBase()));
    ObjectId work = objects.commit(sandbox.treeOfBase());
    sandbox.assertRefused(objects.result(work), "hasDotgit");
  }

  @Test
  void whatOnlyAPersonCouldBeDeceivedByIsAcceptedAndShownAsItIs() {
    HostileObjects objects = sandbox.objects();
    ObjectId work =
        objects.commit(
            tree(),
            parent(),
            "author Eve\033[31m <eve@example.com> 9223372036854775807 +9999",
            COMMITTER,
            "encoding \033[32m",
            "",
            "Good\033[2Jbad\u202e");

    Changes changes = sandbox.send(objects.result(work));

    assertThat(changes.commits()).hasSize(1);
    Commit commit = changes.commits().get(0);
    assertThat(commit.subject() + commit.author()).doesNotContain("\033", "\u202e");
  }
}
