package dev.dispense.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Changes.Fetched;
import dev.dispense.Changes.Merged;
import dev.dispense.Risk;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import dev.dispense.support.ByteNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What native git brought into a repository of the user is the same to another git. */
class SecondOpinionTest {
  private static final Set<Risk.Kind> ALL = EnumSet.allOf(Risk.Kind.class);

  @TempDir Path temporary;
  private TestHost test;
  private Path repository;
  private LocalSandbox sandbox;

  @BeforeEach
  void work() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
    sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
    sandbox.commit("docs/deep/er/empty", "");
    sandbox.sh("git checkout -q -b side HEAD~1; git mv README README.md; git commit -qm Rename");
    sandbox.sh("git checkout -q -; git merge -q --no-edit side");
    sandbox.sh("printf '#!/bin/sh\\n' > run; chmod +x run; ln -s docs/deep link");
    sandbox.sh("head -c 100000 /dev/zero > zeros; printf x > \"$(printf 'caf\\351')\"");
    sandbox.git("add", "-A");
    sandbox.git("commit", "-qm", "All kinds");
    sandbox.sh("printf 'class App { int x; }\\n' > src/App.java; printf y > left; rm zeros");
  }

  private String base() {
    return Objects.requireNonNull(sandbox.checkout.labels().get("base"));
  }

  @Test
  void theRefsThatWereFetchedReachWhatTheSandboxHad() throws IOException {
    Fetched fetched = sandbox.changes().fetchInto(repository, "result");

    try (SecondOpinion jgit = new SecondOpinion(repository)) {
      assertComplete(jgit, fetched.headRef());
      assertComplete(jgit, fetched.workRef());
      assertThat(jgit.resolve("refs/heads/result")).isEqualTo(jgit.resolve(fetched.workRef()));
      assertThat(jgit.isAncestor(base(), fetched.headRef())).isTrue();
      assertThat(jgit.isAncestor(fetched.headRef(), fetched.workRef())).isTrue();
      assertThat(jgit.isAncestor(fetched.workRef(), fetched.headRef())).isFalse();
      assertThat(filesOf(jgit, fetched.workRef())).isEqualTo(filesBelow(sandbox.workspace()));
      assertThat(jgit.files(fetched.headRef())).containsKeys("zeros", "caf\u00e9", "link");
    }
  }

  @Test
  void aCloneThatFetchesHasAllOfItByItself() {
    Path clone = test.root().resolve("clone");
    test.git(test.root(), "clone", "-q", repository.toString(), clone.toString());
    Fetched fetched = sandbox.changes().fetchInto(clone);
    sandbox.remove();
    test.git(clone, "gc", "-q", "--prune=now");

    try (SecondOpinion jgit = new SecondOpinion(clone)) {
      assertComplete(jgit, fetched.workRef());
      assertThat(jgit.isAncestor(base(), fetched.workRef())).isTrue();
    }
  }

  @Test
  void theWorkStaysCompleteWithoutTheSandbox() {
    Fetched fetched = sandbox.changes().fetchInto(repository);
    sandbox.remove();
    test.git(repository, "repack", "-adq", "--write-bitmap-index");
    test.git(repository, "prune-packed");

    try (SecondOpinion jgit = new SecondOpinion(repository)) {
      assertComplete(jgit, fetched.headRef());
      assertComplete(jgit, fetched.workRef());
    }
  }

  @Test
  void aMergeHasBothSidesAndItsFilesAreThere() throws IOException {
    TestHost.write(repository.resolve("mine"), "mine\n");
    test.git(repository, "add", "mine");
    test.git(repository, "commit", "-qm", "Mine");
    Changes changes = sandbox.changes();

    Merged merged = changes.mergeInto(repository, ALL);

    assertThat(merged.isForward()).isFalse();
    try (SecondOpinion jgit = new SecondOpinion(repository)) {
      assertComplete(jgit, "HEAD");
      assertThat(jgit.resolve("HEAD").name()).isEqualTo(merged.after().value());
      assertThat(jgit.isAncestor(merged.before().value(), "HEAD")).isTrue();
      assertThat(jgit.isAncestor(changes.snapshot().value(), "HEAD")).isTrue();
      assertThat(filesOf(jgit, "HEAD"))
          .isEqualTo(filesBelow(repository))
          .containsKeys("mine", "left")
          .containsAllEntriesOf(filesBelow(sandbox.workspace()));
    }
  }

  @Test
  void whatIsAppliedIsWhatTheWorkHas() throws IOException {
    Changes changes = sandbox.changes();

    changes.applyTo(repository, ALL);
    Fetched fetched = changes.fetchInto(repository);

    try (SecondOpinion jgit = new SecondOpinion(repository)) {
      assertThat(filesBelow(repository)).isEqualTo(filesOf(jgit, fetched.workRef()));
    }
  }

  /** Checks that the two agree on each object and each file. */
  private void assertComplete(SecondOpinion jgit, String revision) {
    Path git = jgit.directory();
    Set<String> objects = new TreeSet<>();
    for (String line : test.git(git, "rev-list", "--objects", revision).split("\n", -1)) {
      objects.add(line.split(" ", 2)[0]);
    }
    assertThat(jgit.checkedObjects(revision)).isEqualTo(objects);
    Map<String, String> files = new TreeMap<>();
    for (String line : test.git(git, "ls-tree", "-r", "--full-tree", revision).split("\n", -1)) {
      String[] parts = line.split("[ \t]", 4);
      files.put(parts[3], parts[0] + " " + parts[2]);
    }
    assertThat(jgit.files(revision).values()).containsExactlyInAnyOrderElementsOf(files.values());
  }

  /** Returns each file by its name: what kind it is, and its content. */
  private static Map<String, String> filesOf(SecondOpinion jgit, String revision) {
    Map<String, String> files = new TreeMap<>();
    jgit.files(revision)
        .forEach(
            (name, file) -> {
              String[] parts = file.split(" ", 2);
              files.put(name, parts[0] + " " + new String(jgit.content(parts[1]), ISO_8859_1));
            });
    return files;
  }

  private static Map<String, String> filesBelow(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) walk::iterator) {
        String name = ByteNames.of(path).substring(ByteNames.of(directory).length());
        if (!name.equals("/.git")
            && !name.startsWith("/.git/")
            && !Files.isDirectory(path, NOFOLLOW_LINKS)) {
          files.put(name.substring(1), read(path));
        }
      }
    }
    return files;
  }

  private static String read(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      byte[] target = Files.readSymbolicLink(file).toString().getBytes(UTF_8);
      return "120000 " + new String(target, ISO_8859_1);
    }
    String mode = Files.isExecutable(file) ? "100755 " : "100644 ";
    return mode + new String(Files.readAllBytes(file), ISO_8859_1);
  }
}
