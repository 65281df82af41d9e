package dev.dispense.git.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GitResultTest {
  private static GitResult failed(String stderr) {
    return new GitResult(List.of("worktree"), 128, "", stderr);
  }

  @Test
  void anotherGitAtWorkIsContention() {
    assertThat(failed("fatal: Unable to create '/r/.git/packed-refs.lock': File exists."))
        .matches(GitResult::isContention);
    assertThat(failed("fatal: failed to read .git/worktrees/worktree1/commondir: Success"))
        .matches(GitResult::isContention);
  }

  @Test
  void otherFailuresAndSuccessAreNot() {
    assertThat(failed("fatal: not a git repository")).matches(result -> !result.isContention());
    assertThat(new GitResult(List.of("gc"), 0, "", "could not lock config file"))
        .matches(result -> !result.isContention());
  }
}
