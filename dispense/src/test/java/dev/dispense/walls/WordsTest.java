package dev.dispense.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A library's messages name no command of the {@code dispense} program, which an embedding program
 * does not have: what helps is a hint of the exception.
 */
class WordsTest {
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
  private static final Pattern JOIN = Pattern.compile("\"\\s*\\+\\s*\"");
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?<![\\w./-])dispense (apply|claude|delete|diff|doctor|exec|fetch|gc|list|login|merge|"
              + "network|new|pool|preview|share|shell|ssh|start|stop|version)\\b"
              + "|(?<![\\w-])--(network|allow|allow-host|discard|include-uncommitted|install-daemon"
              + "|max-requests|max-bytes|image|branch|export|patch|expires|task|follow)\\b.* .*");

  private static List<String> found(String source) {
    String code = source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("(?m)^\\s*//.*$", "");
    List<String> found = new ArrayList<>();
    Matcher matcher = LITERAL.matcher(JOIN.matcher(code).replaceAll(""));
    while (matcher.find()) {
      if (COMMAND.matcher(matcher.group(1)).find()) {
        found.add(matcher.group(1));
      }
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dispense-api",
        "dispense-core",
        "dispense-git",
        "dispense-docker",
        "dispense-daytona",
        "dispense-agents"
      })
  void noMessageOfALibraryNamesACommand(String module) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".java")).toList()) {
        found.addAll(found(Files.readString(file)));
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void oneThatDoesIsSeen() {
    assertThat(found("throw new X(\"Gone. To see all: dispense\"\n    + \" list\");"))
        .containsExactly("Gone. To see all: dispense list");
    assertThat(found("say(\"To do without it: --network open\");")).hasSize(1);
    assertThat(found("/** {@code \"dispense list\"} */ git(\"--branch\", \"dispense/fix\");"))
        .isEmpty();
  }
}
