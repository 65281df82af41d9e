package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job where each path has every character that some program may take for another. */
@RequiresDocker
@RequiresProgram("docker")
class AwkwardPathIT {
  private static final String AWKWARD =
      "-a b'c\"d$e`f\\g%h:i,j=k;l*m?n[o]p{q}r~s#t&u|v<w>x(y)z!@^+ü😀\t\n" + "L".repeat(145);

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;
  private Path repository;
  private ModelServer model;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    repository = Files.createDirectory(root.resolve(AWKWARD));
    model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0));
    model.script(request -> ModelReply.text("Nothing to do."));
    user =
        new CommandLine(
            repository,
            Map.of(
                "DISPENSE_HOME",
                root.resolve("state " + AWKWARD).toString(),
                "XDG_CONFIG_HOME",
                root.toString(),
                "ANTHROPIC_BASE_URL",
                "http://localhost:" + model.port(),
                "ANTHROPIC_API_KEY",
                "sk-ant-not-a-key"));
    Files.writeString(repository.resolve(AWKWARD), "one\n");
    user.git("init", "--quiet", "--initial-branch=main").succeeds();
    user.git("add", ".").succeeds();
    user.git("-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "B").succeeds();
  }

  @AfterEach
  void nothingIsLeft() {
    user.dispense("delete", "--force", "--discard", name);
    model.close();
    List<String> containers = List.of("docker", "ps", "-aq", "--filter", "name=dispense-" + name);
    assertThat(user.run(containers).stdout()).isEmpty();
  }

  @Test
  void theMainJobIsDone() {
    assertThat(AWKWARD).hasSizeGreaterThan(200);
    String work = "for f in ./-a*; do cp \"$f\" new && echo two >>\"$f\"; done";

    user.dispense("new", "--name", name, "--task", "Do it", "--follow").succeeds();
    user.dispense("exec", name, "--", "sh", "-c", work).succeeds();
    assertThat(user.dispense("diff", name).succeeds().stdout()).contains("+two", "+++ b/new");
    user.dispense("fetch", name, "--branch", "got").succeeds();
    assertThat(user.git("show", "got:new").succeeds().stdout()).isEqualTo("one\n");
    user.dispense("merge", name, "--allow", "name").succeeds();
    assertThat(repository.resolve(AWKWARD)).hasContent("one\ntwo\n");
    user.git("reset", "--quiet", "--hard", "HEAD^").succeeds();
    user.dispense("apply", name, "--allow", "name").succeeds();
    assertThat(repository.resolve(AWKWARD)).hasContent("one\ntwo\n");
    user.dispense("stop", name, "--grace", "1s").succeeds();
    user.dispense("start", name).succeeds();
    assertThat(user.dispense("list").succeeds().stdout()).contains("\n" + name + "  running");
    user.dispense("delete", "--force", name).succeeds();
    assertThat(user.git("worktree", "prune", "--verbose", "--dry-run").stdout()).isEmpty();
    assertThat(repository.resolve(".git/worktrees")).doesNotExist();
  }
}
