package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.RefusedException;
import dev.dispense.Risk;
import dev.dispense.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files that come out of a sandbox write nowhere but where they are to go, and read nothing. */
abstract class EscapeFilesContract extends EscapePart {
  private static final String SECRET = "only for the user's eyes";
  private static final int SPECIAL_BITS = 07000;

  EscapeFilesContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void aLinkThatLeadsOutIsNeitherReadNorWrittenThrough() throws IOException {
    Path secret = Files.writeString(contract.temporary.resolve("secret"), SECRET);
    Sandbox sandbox = create(spec(contract.name()).withoutSupervisor());
    for (String making :
        List.of(
            "ln -s \"$secret\" out/link",
            "ln -s ../../secret out/link",
            "mkdir out/a; ln -s .. out/a/up; ln -s a/up/../../secret out/link",
            "ln -s \"${secret%/*}\" out/directory",
            "ln -s /proc/self/root out/link",
            "ln -s / out/.git",
            "rm -rf out; ln -s \"${secret%/*}\" out")) {
      Path above = Files.createTempDirectory(contract.temporary, "above");
      Path target = Files.createDirectory(above.resolve("target"));
      agent(sandbox, "rm -rf out; secret='" + secret + "'; mkdir out; echo x >out/file; " + making);

      assertThatThrownBy(() -> sandbox.download(layout(sandbox).workspace() + "/out", target))
          .as(making)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("link");
      assertThat(secret).hasContent(SECRET);
      assertNothingBelow(target, SECRET);
    }
  }

  @Test
  void aLinkInTheWorkIsTakenAsALink() throws IOException {
    Path secret = Files.writeString(contract.temporary.resolve("secret"), SECRET);
    Sandbox sandbox = create();
    agent(sandbox, "ln -s '" + secret + "' link; rm README; ln -s '" + secret + "' README");

    Changes changes = sandbox.changes();
    Path export = contract.temporary.resolve("export");

    assertThatThrownBy(() -> changes.exportTo(export))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("link");
    changes.fetchInto(contract.repository);
    String work = "refs/dispense/" + sandbox.name() + "/work";
    assertThat(contract.git().run("cat-file", "blob", work + ":README"))
        .isEqualTo(secret.toString());
    assertThat(contract.repository.resolve("README")).hasContent("Read me.\n");
  }

  @Test
  void whatIsNoFileIsRefusedOrLeftOutAndHoldsNothingUp() throws IOException {
    Sandbox sandbox = create(spec(contract.name()).withoutSupervisor());
    for (String making :
        List.of("mkfifo out/x", "ln out/file out/x", "mkfifo out/x; ln -s x out/y")) {
      Path target = Files.createTempDirectory(contract.temporary, "target");
      agent(sandbox, "rm -rf out; mkdir out; echo x >out/file; " + making);
      try {
        sandbox.download(layout(sandbox).workspace() + "/out", target);
      } catch (RefusedException refused) {
        assertThat(refused).hasMessageContaining("is neither a file");
      }
      try (Stream<Path> files = Files.walk(target)) {
        assertThat(files).as(making).allMatch(EscapeFilesContract::isOrdinary);
      }
    }
  }

  private static boolean isOrdinary(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isSymbolicLink(path);
  }

  @Test
  void filesThatRunAsTheirOwnerLoseThatOnTheWayOut() throws IOException {
    Path target = Files.createDirectory(contract.temporary.resolve("target"));
    Sandbox sandbox = create();
    agent(
        sandbox,
        "cp /bin/sh shell; chmod 6755 shell; mkdir group; chmod 2777 group; cp shell group/;"
            + " chmod 6755 group/shell");

    sandbox.download(layout(sandbox).workspace() + "/group", target);
    Changes changes = sandbox.changes();
    Path export = contract.temporary.resolve("export");
    changes.exportTo(export);
    changes.fetchInto(contract.repository, "taken");
    contract.git().run("checkout", "-q", "taken");

    assertThat(target.resolve("group/shell")).isExecutable();
    assertThat(specialFiles(target)).isEmpty();
    assertThat(specialFiles(export)).isEmpty();
    assertThat(specialFiles(contract.repository)).isEmpty();
  }

  /** What is mounted has the bits still: others must not get there. */
  @Test
  void filesThatRunAsTheirOwnerCannotBeReachedByOthersOnThisMachine() throws IOException {
    Sandbox sandbox = create();
    agent(
        sandbox,
        "cp /bin/sh shell; chmod 6755 shell; chmod 777 .; cp shell \"$(git rev-parse"
            + " --absolute-git-dir)/\"; chmod 777 \"$(git rev-parse --absolute-git-dir)\"");

    Path state = contract.host.stateDirectory();
    for (Path file : specialFiles(state)) {
      boolean closed = false;
      for (Path above : directoriesFrom(state, file.resolveSibling(""))) {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(above));
        closed |= mode.endsWith("------");
      }
      assertThat(closed).as("%s is behind a closed directory", file).isTrue();
    }
  }

  private static List<Path> specialFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(EscapeFilesContract::isSpecial).toList();
    }
  }

  private static boolean isSpecial(Path path) {
    try {
      Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      return ((Integer) mode & SPECIAL_BITS) != 0 && Files.isRegularFile(path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatRunsByItselfIsReportedAndTakenOverOnlyWhereThatIsAllowed() {
    List<String> paths =
        List.of(
            ".vscode/tasks.json",
            ".idea/workspace.xml",
            ".claude/settings.json",
            ".mcp.json",
            ".envrc",
            ".githooks/pre-commit",
            ".github/workflows/ci.yml",
            "package.json",
            ".mvn/extensions.xml",
            ".mvn/jvm.config",
            ".mvn/wrapper/maven-wrapper.jar",
            "build.gradle",
            "settings.gradle.kts",
            "Makefile");
    Sandbox sandbox = create();
    agent(
        sandbox,
        "for path in "
            + String.join(" ", paths)
            + "; do mkdir -p \"$(dirname $path)\"; echo x >\"$path\"; done");

    Changes changes = sandbox.changes();

    assertThat(changes.risks())
        .filteredOn(risk -> risk.kind().stops())
        .extracting(Risk::path)
        .containsExactlyInAnyOrderElementsOf(paths);
    assertThat(changes.risks()).extracting(Risk::reason).noneMatch(String::isBlank);
    assertThatThrownBy(() -> changes.applyTo(contract.repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll(paths.toArray(String[]::new));
    assertThatThrownBy(() -> changes.mergeInto(contract.repository))
        .isInstanceOf(RefusedException.class)
        .hasMessageContainingAll(paths.toArray(String[]::new));
    assertThat(contract.git().run("status", "--porcelain")).isEmpty();
    changes.applyTo(contract.repository, EnumSet.allOf(Risk.Kind.class));
    assertThat(contract.repository.resolve("Makefile")).hasContent("x\n");
  }

  @Test
  void namesThatLookLikeOptionsOrActOnATerminalComeOutAsTheyAre() throws IOException {
    Path target = Files.createDirectory(contract.temporary.resolve("target"));
    Sandbox sandbox = create(spec(contract.name()).withoutSupervisor());
    agent(
        sandbox,
        """
        mkdir out
        cd out
        for name in -rf --checkpoint-action=exec=sh '$(canary)' '`id`' 'a b' "$(printf 'x\\033]52;c;eA==\\007')" \\
          "$(printf 'two\\nlines')" '.. ' '...' '*' '~'; do
          echo content >"./$name"
        done
        cd ..
        """);

    sandbox.download(layout(sandbox).workspace() + "/out", target);

    try (Stream<Path> files = Files.list(target.resolve("out"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "-rf",
              "--checkpoint-action=exec=sh",
              "$(canary)",
              "`id`",
              "a b",
              "x\u001b]52;c;eA==\u0007",
              "two\nlines",
              ".. ",
              "...",
              "*",
              "~");
    }
  }

  private static void assertNothingBelow(Path root, String text) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> Files.isRegularFile(path)).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(text);
      }
    }
  }
}
