package dev.dispense.testkit.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The script of a demonstration: an agent finds out why a small project's test fails, mends it, and
 * commits. It works in any conversation of Claude Code, as it chooses its reply only by how many
 * tools have returned since the prompt; so it serves any number of agents at once, and calls that
 * are tried again. Immutable.
 */
public final class DemoScript implements Function<ModelRequest, ModelReply> {
  /** A prompt that makes sense of what the script does. */
  public static final String PROMPT =
      "test.sh fails: greet.sh does not greet people by name. Fix it and commit.";

  private static final Pattern DIRECTORY =
      Pattern.compile("Primary working directory: (/[^\\s\"\\\\]*)");

  private static final String BROKEN =
      """
      #!/bin/sh
      # Greets whoever is named, or the world.
      echo "Hello, ${2:-world}!"
      """;

  private static final String MENDED = BROKEN.replace("${2:-world}", "${1:-world}");

  private static final String TEST =
      """
      #!/bin/sh
      # Checks greet.sh.
      status=0
      check() {
        if [ "$1" = "$2" ]; then
          echo "ok: $2"
        else
          echo "FAILED: wanted '$2' but got '$1'"
          status=1
        fi
      }
      check "$(sh greet.sh)" "Hello, world!"
      check "$(sh greet.sh Ada)" "Hello, Ada!"
      exit $status
      """;

  // Commits as whoever the repository says, or, where it says nobody, as a name of our own.
  private static final String COMMIT =
      """
      git config user.email >/dev/null || set -- -c user.name=Demo -c user.email=demo@localhost
      git add greet.sh && git "$@" commit -q -m 'Greet by the first argument' && git log --oneline -1
      """;

  /** Makes the script. */
  public DemoScript() {}

  /**
   * Writes the project that the script works on into a directory, which is created when missing.
   * The project is not yet a git repository.
   *
   * @throws IOException when it cannot be written
   */
  public static void writeProject(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("greet.sh"), BROKEN);
    Files.writeString(directory.resolve("test.sh"), TEST);
  }

  @Override
  public ModelReply apply(ModelRequest request) {
    String file = directory(request) + "/greet.sh";
    List<String> results = request.toolResults();
    return switch (results.size()) {
      case 0 ->
          ModelReply.text("I run the test first.")
              .thenToolUse("Bash", bash("ls && sh test.sh", "Run the test"));
      case 1 -> ModelReply.toolUse("Read", Map.of("file_path", file));
      case 2 ->
          ModelReply.text("The name is the first argument, not the second.")
              .thenToolUse("Write", Map.of("file_path", file, "content", MENDED));
      case 3 -> ModelReply.toolUse("Bash", bash("sh test.sh", "Run the test again"));
      case 4 ->
          ModelReply.text("The test passes. I commit.")
              .thenToolUse("Bash", bash(COMMIT, "Commit the change"));
      default ->
          ModelReply.text(
              "greet.sh took the second argument for the name. It takes the first now, and the"
                  + " test passes. The commit: "
                  + results.get(4).strip());
    };
  }

  private static Map<String, String> bash(String command, String description) {
    return Map.of("command", command, "description", description);
  }

  private static String directory(ModelRequest request) {
    Matcher matcher = DIRECTORY.matcher(request.body());
    return matcher.find() ? matcher.group(1) : "/workspace";
  }
}
