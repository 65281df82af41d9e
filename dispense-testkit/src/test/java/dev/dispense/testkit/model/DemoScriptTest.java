package dev.dispense.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.model.ModelReply.ToolUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoScriptTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path project;

  @Test
  void mendsAndCommitsTheProjectThatItWrites() throws Exception {
    DemoScript.writeProject(project);
    run("git init -q . && git add . && git -c user.name=a -c user.email=a@b commit -qm start");
    assertThat(run("sh test.sh")).contains("FAILED: wanted 'Hello, Ada!'");

    String answer = play();

    assertThat(run("sh test.sh")).doesNotContain("FAILED");
    assertThat(run("git status --porcelain")).isEmpty();
    assertThat(answer).contains("Greet by the first argument");
  }

  /** Plays an agent that does what the script asks for, and returns the last text. */
  private String play() throws IOException, InterruptedException {
    DemoScript script = new DemoScript();
    ObjectNode conversation = JSON.createObjectNode();
    conversation.put("system", "- Primary working directory: " + project + "\n - Platform");
    ArrayNode messages = conversation.putArray("messages");
    messages.addObject().put("role", "user").put("content", DemoScript.PROMPT);
    for (int turn = 0; turn < 20; turn++) {
      ModelReply reply =
          script.apply(new ModelRequest("/v1/messages", Map.of(), conversation.toString()));
      StringBuilder text = new StringBuilder();
      String result = null;
      for (ModelReply.Block block : reply.blocks()) {
        if (block instanceof ToolUse use) {
          result = use(use);
        } else if (block instanceof ModelReply.Text said) {
          text.append(said.text());
        }
      }
      if (result == null) {
        return text.toString();
      }
      messages
          .addObject()
          .put("role", "user")
          .putArray("content")
          .addObject()
          .put("type", "tool_result")
          .put("content", result);
    }
    throw new AssertionError("The script has no end.");
  }

  private String use(ToolUse use) throws IOException, InterruptedException {
    return switch (use.tool()) {
      case "Bash" -> run(String.valueOf(use.input().get("command")));
      case "Read" -> Files.readString(Path.of(String.valueOf(use.input().get("file_path"))));
      case "Write" -> {
        Files.writeString(
            Path.of(String.valueOf(use.input().get("file_path"))),
            String.valueOf(use.input().get("content")));
        yield "written";
      }
      default -> throw new AssertionError(use);
    };
  }

  private String run(String command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).directory(project.toFile());
    builder.redirectErrorStream(true);
    builder.environment().put("HOME", project.resolve(".git").toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
