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

/** What {@code new} says of an image or of variables with which a sandbox cannot run. */
@RequiresDocker
class BadImageIT {
  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  @TempDir private Path root;
  private CommandLine user;

  @BeforeEach
  void makeRepository() throws IOException {
    user = CommandLine.inRepository(root);
  }

  @AfterEach
  void removeImage() {
    user.dispense("delete", "--force", "--discard", name);
    user.run(List.of("docker", "rmi", "--force", name));
  }

  @Test
  void an_image_without_a_shell_is_told() throws IOException {
    Files.writeString(root.resolve("file"), "Not a shell.");
    user.in(root).run(List.of("tar", "-cf", "image.tar", "file")).succeeds();
    user.in(root).run(List.of("docker", "import", "image.tar", name)).succeeds();

    refused("git", "--image", name);
  }

  @Test
  void a_path_that_leads_nowhere_hides_nothing_that_the_sandbox_needs() {
    user.dispense("new", "--name", name, "--env", "PATH=/nowhere").succeeds();

    String path = user.dispense("exec", name, "--", "sh", "-c", "echo $PATH").succeeds().stdout();
    assertThat(path).startsWith("/nowhere:").contains(":/usr/bin:");
  }

  @Test
  void a_name_that_no_image_can_have_is_told() {
    refused("repository name must be lowercase", "--image", "NoSuch");
  }

  private void refused(String message, String option, String value) {
    CommandLine.Outcome outcome = user.dispense("new", "--name", name, option, value);

    assertThat(outcome.exitCode()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.stdout()).isEmpty();
    assertThat(outcome.stderr())
        .contains("dispense: ", message)
        .doesNotContain("\tat ", "Exception", "Container ");
    assertThat(root.resolve("state/sandboxes").resolve(name)).doesNotExist();
    assertThat(user.git("worktree", "list").stdout().lines()).hasSize(1);
    assertThat(user.git("branch", "--list", "dispense/*").stdout()).isEmpty();
    assertThat(
            user.run(List.of("docker", "ps", "-aq", "--filter", "name=dispense-" + name)).stdout())
        .isEmpty();
  }
}
