package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code new} says of an image or of variables with which a sandbox cannot run. */
@RequiresDocker
@RequiresProgram("docker")
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

  /**
   * A row: what is in the image, the network, what is said of it, and the shell script that makes
   * its files.
   */
  static Stream<Arguments> images() {
    return Stream.of(
        Arguments.of("nothing", "allow", "'sh' in the sandbox but failed", "echo x >file"),
        Arguments.of(
            "a shell alone", "open", "has no git", "mkdir bin && copy dash && mv bin/dash bin/sh"),
        Arguments.of(
            "no way to the gateway",
            "none",
            "has neither socat nor perl",
            "mkdir bin && copy dash && mv bin/dash bin/sh"),
        // The bytes at 18 say which processors a program is for; these, that it is for none.
        Arguments.of(
            "a shell for another processor",
            "allow",
            "made for another kind of machine",
            "mkdir bin && copy dash && mv bin/dash bin/sh"
                + " && printf '\\377\\376' | dd of=bin/sh bs=1 seek=18 conv=notrunc 2>/dev/null"),
        Arguments.of(
            "a git, and another C library",
            "open",
            "this image has neither glibc nor musl",
            "mkdir bin && for p in dash uname; do copy $p; done && mv bin/dash bin/sh"
                + " && cp bin/uname bin/git"));
  }

  /**
   * Copies a program of the base image, with its libraries, so that it looks for its C library by a
   * name that only this image has.
   */
  private static final String COPY =
      """
      copy() {
        sed 's#/ld-linux-#/ld-other-#g' <"$(command -v "$1")" >"bin/$1" && chmod 755 "bin/$1"
        for library in $(ldd "$(command -v "$1")" | grep -o '/[^ ]*'); do
          mkdir -p ".${library%/*}"
          cp "$library" ".$(echo "$library" | sed 's#/ld-linux-#/ld-other-#')"
        done
      }
      """;

  @ParameterizedTest(name = "{0}")
  @MethodSource("images")
  void an_image_in_which_nothing_can_work_is_told(
      String what, String network, String message, String script) {
    String make = COPY + "mkdir /tmp/root && cd /tmp/root && { " + script + "; } && tar -c .";
    String run =
        "docker run --rm \"$0\" bash -c \"$1\" >image.tar && docker import image.tar \"$2\"";
    user.in(root).run(List.of("sh", "-c", run, baseImage(), make, name)).succeeds();

    refused(message, "--image", name, "--network", network);
  }

  private static String baseImage() {
    return Optional.ofNullable(System.getenv("DISPENSE_DOCKER_BASE_IMAGE"))
        .orElse("debian:bookworm-slim");
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

  private void refused(String message, String... options) {
    List<String> command = new ArrayList<>(List.of("new", "--name", name));
    command.addAll(List.of(options));
    CommandLine.Outcome outcome = user.dispense(command.toArray(String[]::new));

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
