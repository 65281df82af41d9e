package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Leftover;
import dev.dispense.Source;
import dev.dispense.SourceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepingTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "stäte 😀", "two\nlines", "worktree \"x\"\n\nbranch y"})
  void aWorktreeWithoutASandboxIsForgottenWhereverItWas(String place) throws IOException {
    TestHost test = TestHost.in(Files.createDirectory(temporary.resolve(place)));
    Path repository = test.repository("project");
    LocalSandbox sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
    Deletion.of(sandbox.request.directory());
    List<Leftover> found = new ArrayList<>();

    sandbox.provider.sweep(
        new SourceProvider.Sweep(
            Set.of(repository),
            Set.of(test.state().resolve("sandboxes")),
            false,
            test.host(),
            found::add));

    assertThat(found).extracting(Leftover::outcome).containsExactly(Leftover.Outcome.REMOVED);
    assertThat(repository.resolve(".git/worktrees")).doesNotExist();
    assertThat(test.git(repository, "branch", "--list", "dispense/*")).isEmpty();
  }
}
