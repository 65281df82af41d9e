package dev.dispense.git.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.RefusedException;
import dev.dispense.Source;
import dev.dispense.git.TestHost;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a repository goes up to a sandbox that is elsewhere. */
class PackingTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  private LocalSandbox sandbox(Map<String, String> settings) {
    return LocalSandbox.of(
        test, "fix", Source.directory(repository), Delivery.UPLOAD, test.host(settings));
  }

  /** Commits a file that cannot be compressed, and removes it again. */
  private void commitAndRemove(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    new Random(1).nextBytes(content);
    Files.write(repository.resolve("film"), content);
    test.git(repository, "add", "film");
    test.git(repository, "commit", "-qm", "Add a film");
    test.git(repository, "rm", "-q", "film");
    test.git(repository, "commit", "-qm", "Remove the film");
  }

  private void assertThatWorkComesBack(LocalSandbox sandbox) {
    assertThat(sandbox.git("status", "--porcelain")).isEmpty();
    sandbox.git("fsck", "--strict");
    sandbox.commit("new", "new\n");
    sandbox.changes().fetchInto(repository, "result");
    assertThat(test.git(repository, "show", "result:new")).isEqualTo("new");
    assertThat(test.git(repository, "rev-list", "--count", "main..result")).isEqualTo("1");
    test.git(repository, "fsck", "--strict");
    sandbox.remove();
    test.git(repository, "branch", "-q", "-D", "result");
    test.assertNothingLeft(repository);
  }

  @Test
  void aHistoryGoesUpWhole() throws IOException {
    commitAndRemove(100_000);
    LocalSandbox sandbox = sandbox(Map.of());

    assertThat(sandbox.notices).isEmpty();
    assertThat(sandbox.git("rev-list", "--count", "HEAD")).isEqualTo("3");
    assertThatWorkComesBack(sandbox);
  }

  @Test
  void oneWithManyCommitsIsLeftOut() {
    test.run(
        repository,
        Map.of(),
        "sh",
        "-ec",
        "for i in $(seq 5001); do printf 'commit refs/heads/main\\ncommitter A <a@b> %s +0000\\n"
            + "data 2\\nx\\n' $i; [ $i -gt 1 ] || echo 'from refs/heads/main^0'; done"
            + " | git fast-import --quiet");
    LocalSandbox sandbox = sandbox(Map.of());

    assertThat(sandbox.notices)
        .singleElement()
        .asString()
        .contains("more than 5000 commits", "without those before it");
    assertThat(sandbox.git("rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThatWorkComesBack(sandbox);
  }

  @Test
  void oneThatIsLargeIsLeftOut() throws IOException {
    commitAndRemove(100_000);
    LocalSandbox sandbox = sandbox(Map.of("git.max-history-bytes", "90000"));

    assertThat(sandbox.notices)
        .singleElement()
        .asString()
        .contains("1 MiB", "git.max-history-bytes", "without those before it");
    assertThat(sandbox.git("rev-list", "--count", "HEAD")).isEqualTo("1");
    assertThatWorkComesBack(sandbox);
  }

  @Test
  void aLargeCommitWithoutAHistoryGoesUpAsItIs() throws IOException {
    commitAndRemove(100_000);
    test.git(repository, "checkout", "-q", "--orphan", "fresh", "HEAD~1");
    test.git(repository, "commit", "-qm", "Fresh");
    LocalSandbox sandbox = sandbox(Map.of("git.max-history-bytes", "90000"));

    assertThat(sandbox.notices).isEmpty();
    assertThat(sandbox.workspace().resolve("film")).hasSize(100_000);
    sandbox.remove();
  }

  @Test
  void aSettingThatIsNoNumberIsRefused() throws IOException {
    commitAndRemove(10);

    assertThatThrownBy(() -> sandbox(Map.of("git.max-history-bytes", "much")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("git.max-history-bytes");
  }
}
