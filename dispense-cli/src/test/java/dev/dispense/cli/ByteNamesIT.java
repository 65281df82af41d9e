package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose names are bytes that are not text, under a locale in which nothing but ASCII is. */
@RequiresDocker
class ByteNamesIT {
  private static final String USERS =
      "mkdir \"$(printf 'd\\366r')\"; echo 1 >\"$(printf 'd\\366r/caf\\351')\";"
          + " echo 2 >\"$(printf '\\377\\376')\"; echo 3 >\"$(printf 'gr\\303\\274n')\";"
          + " ln -s \"$(printf '\\377\\376')\" \"$(printf 'l\\344')\"";
  private static final String AGENTS =
      "cd d*; for f in caf*; do echo 4 >>\"$f\"; cp \"$f\" \"$(printf '\\200 \\303')\"; done; cd"
          + " ..; rm \"$(printf '\\377\\376')\"; mv gr* \"$(printf 'gr\\374n')\"";

  /** Prints what is in a directory: names, links and contents, as a number. */
  private static final String CONTENT =
      "find . -name .git -prune -o -type f -print -exec cat {} \\; -o -type l -print -printf %l"
          + " | LC_ALL=C sort | cksum";

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    user = CommandLine.inRepository(root).with("LC_ALL", "C");
  }

  @AfterEach
  void deleteSandbox() {
    user.dispense("delete", "--force", "--discard", name).succeeds();
  }

  @Test
  void theyComeIntoASandboxAndBackAsTheyAre() throws IOException {
    Path repository = root.resolve("repository");
    in(repository, USERS);
    in(repository, "git add . && git -c user.name=A -c user.email=a@b commit -qm Names");
    user.dispense("new", "--name", name).succeeds();
    assertThat(inside(CONTENT)).isEqualTo(in(repository, CONTENT));
    inside(AGENTS);
    String work = inside(CONTENT);

    assertThat(user.dispense("diff", name).succeeds().stdout())
        .contains("\"b/d\\366r/caf\\351\"", "rename to \"gr\\374n\"");
    Path export = root.resolve("export");
    user.dispense("fetch", name, "--export", export.toString()).succeeds();
    assertThat(in(export, CONTENT)).isEqualTo(work);
    CommandLine.Outcome refused = user.dispense("merge", name);
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.stderr()).contains("(name)", "--allow name");
    user.dispense("apply", name, "--allow", "name").succeeds();
    assertThat(in(repository, CONTENT)).isEqualTo(work);
    in(repository, "git reset -q --hard && git clean -qfd");
    user.dispense("merge", name, "--allow", "name").succeeds();
    assertThat(in(repository, CONTENT)).isEqualTo(work);
  }

  @Test
  void theyAreCopiedWithoutGitAndCarriedAlongUncommitted() throws IOException {
    Path plain = Files.createDirectory(root.resolve("plain"));
    in(plain, USERS);
    user.in(plain).dispense("new", "--name", name, "--force").succeeds();
    assertThat(inside(CONTENT)).isEqualTo(in(plain, CONTENT));
    inside(AGENTS);
    user.in(plain).dispense("apply", name, "--allow", "name").succeeds();
    assertThat(in(plain, CONTENT)).isEqualTo(inside(CONTENT));
    user.dispense("delete", "--force", "--discard", name).succeeds();

    in(root.resolve("repository"), USERS);
    user.dispense("new", "--name", name, "--include-uncommitted").succeeds();
    assertThat(inside(CONTENT)).isEqualTo(in(root.resolve("repository"), CONTENT));
  }

  private String in(Path directory, String script) {
    return user.in(directory).run(List.of("sh", "-ec", script)).succeeds().stdout();
  }

  private String inside(String script) {
    return user.dispense("exec", name, "--", "sh", "-ec", script).succeeds().stdout();
  }
}
