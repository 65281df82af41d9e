package dev.dispense.git.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes.Commit;
import dev.dispense.CommitId;
import dev.dispense.git.TestHost;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitLogTest {
  @TempDir Path temporary;
  private Git git;
  private String tree;
  private String base;

  @BeforeEach
  void makeRepository() throws IOException {
    git = Git.of(TestHost.in(temporary).host(), temporary).as(Identity.DISPENSE);
    git.run("init", "-q", ".");
    tree = git.run(InputStream.nullInputStream(), "mktree");
    base = commit("base".getBytes(StandardCharsets.UTF_8));
  }

  private String commit(byte[] message, String... parents) {
    String[] arguments = {"commit-tree", tree};
    for (String parent : parents) {
      arguments = Arrays.copyOf(arguments, arguments.length + 2);
      arguments[arguments.length - 2] = "-p";
      arguments[arguments.length - 1] = parent;
    }
    return git.run(new ByteArrayInputStream(message), arguments);
  }

  private List<Commit> read(String head) {
    return CommitLog.read(git, new CommitId(base), new CommitId(head));
  }

  @Test
  void theOldestCommitComesFirst() {
    String one = commit("one \u00e4\n\nbody".getBytes(StandardCharsets.UTF_8), base);
    String two = commit("".getBytes(StandardCharsets.UTF_8), one);

    assertThat(read(two)).extracting(Commit::subject).containsExactly("one \u00e4", "");
    assertThat(read(two)).extracting(it -> it.id().toString()).containsExactly(one, two);
    assertThat(read(base)).isEmpty();
  }

  @Test
  void aSubjectOfAHundredMebibytesIsCut() {
    byte[] subject = new byte[100 << 20];
    Arrays.fill(subject, (byte) 'x');
    String one = commit(subject, base);
    String two = commit("two".getBytes(StandardCharsets.UTF_8), one);

    assertThat(read(two))
        .extracting(Commit::subject)
        .containsExactly("x".repeat(499) + "\u2026", "two");
  }
}
