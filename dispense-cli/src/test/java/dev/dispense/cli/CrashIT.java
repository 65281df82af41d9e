package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxInfo;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Kills clients of containers, in which the files are mounted. */
@RequiresDocker
@RequiresProgram("docker")
class CrashIT extends CrashCases {
  // Git starts it for a file that it checks out; it kills git, and the client that started git.
  private static final String KILL =
      "read -r stat </proc/$PPID/stat; set -- ${stat##*) }; kill -KILL $PPID $2; cat";

  @Override
  String provider() {
    return "docker";
  }

  @Test
  void aWorktreeThatGitHadMadeOnlyHalfIsRemoved() throws IOException {
    CrashScene scene = scene();
    Files.writeString(scene.repository().resolve(".git/info/attributes"), "*.c filter=deadly\n");
    scene.git("config", "filter.deadly.smudge", KILL);
    scene.git("config", "filter.deadly.clean", "cat");
    String before = scene.users();

    CrashedClient.crash(scene, CrashedOperation.CREATE, "never, as the filter kills it");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    assertThat(scene.users()).isEqualTo(before);
    collectGarbage(scene);
    scene.checkRepository();
    scene.checkNothingIsLeft();
  }
}
