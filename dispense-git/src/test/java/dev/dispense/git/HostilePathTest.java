package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.RefusedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths that are as they should be to git, and that no file system takes. */
class HostilePathTest {
  @TempDir static Path temporary;
  private static HostileSandbox sandbox;

  @BeforeAll
  static void makeSandbox() throws IOException {
    sandbox = HostileSandbox.in(temporary);
  }

  private static void assertRefused(ThrowingCallable use, String reason) {
    assertThatThrownBy(use)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("nothing")
        .hasMessageContaining(reason);
    assertThat(sandbox.test.git(sandbox.repository, "status", "--porcelain", "--ignored"))
        .isEmpty();
    assertThat(sandbox.repository).isDirectoryNotContaining("glob:**/{d,n}*");
  }

  /** Git makes directories from the root of the worktree on, as far as the system lets it. */
  @Test
  void directoriesThatAreTooDeepAreNotMadeInPart() {
    HostileObjects objects = sandbox.objects();
    ObjectId tree = objects.tree(HostileObjects.entry("100644", "f", objects.blob("x")));
    for (int depth = 0; depth < 100; depth++) {
      tree = objects.tree(HostileObjects.entry("40000", "d".repeat(50), tree));
    }
    Changes changes = sandbox.send(objects.result(objects.commit(tree)));

    assertRefused(() -> changes.mergeInto(sandbox.repository, Set.of()), "bytes");
    assertRefused(() -> changes.applyTo(sandbox.repository, Set.of()), "unable to access");
  }

  @Test
  void aNameThatIsTooLongChangesNothing() {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.commitOf("100644", "n".repeat(300), objects.blob("x"));
    Changes changes = sandbox.send(objects.result(work));

    assertRefused(() -> changes.mergeInto(sandbox.repository, Set.of()), "too long");
    assertRefused(() -> changes.applyTo(sandbox.repository, Set.of()), "too long");
  }
}
