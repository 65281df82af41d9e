package dev.dispense.daytona;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The toolbox of a sandbox that is no sandbox: it runs what it is asked to on this machine, as the
 * service's own program does, by writing it to the standard input of a shell. What the runner keeps
 * is kept in a directory of the test's instead.
 */
final class LocalToolbox implements TestService.Handler {
  static final String ID = "0d2c3b4a-0000-4000-8000-000000000001";

  private final Path directory;
  private final List<String> shell;
  private volatile String url = "";
  private volatile String state = "started";

  /**
   * @param directory where its files are; made when missing
   * @param shell the shell that reads what is asked, and its {@code sh}
   */
  LocalToolbox(Path directory, String... shell) {
    this.directory = directory;
    this.shell = List.of(shell);
  }

  void at(String toolboxUrl) {
    url = toolboxUrl;
  }

  void become(String newState) {
    state = newState;
  }

  @Override
  public TestService.Answered answer(TestService.Asked asked) throws IOException {
    if (asked.path().equals("/api/sandbox/" + ID)) {
      return TestService.Answered.json(200, sandbox());
    }
    if (asked.path().equals("/toolbox/" + ID + "/process/execute")) {
      return execute(asked.json().path("command").asText());
    }
    if (asked.path().equals("/toolbox/" + ID + "/files/bulk-upload")) {
      return upload(asked.body().string(StandardCharsets.ISO_8859_1));
    }
    return TestService.Answered.json(404, "{\"message\":\"no such route\"}");
  }

  private String sandbox() {
    return """
    {"id":"%s","name":"dispense-local","state":"%s","desiredState":"started","errorReason":null,
    "labels":{"dev.dispense.provider":"daytona"},"toolboxProxyUrl":"%s"}\
    """
        .formatted(ID, state, url);
  }

  private String here(String text) {
    return text.replace("/tmp/dispense-exec", directory + "/exec")
        .replace("/dev/shm/dispense-exec", directory + "/memory");
  }

  private TestService.Answered execute(String command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(shell).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    builder.environment().put("DISPENSE_SANDBOX_HOME", directory.toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      // What the service answers when it cannot start a shell: v0.190.0, process/execute.
      return executed(-1, "");
    }
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(here(command).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It did not read all of it.
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (InputStream out = process.getInputStream()) {
      out.transferTo(output);
      return executed(process.waitFor(), output.toString(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static TestService.Answered executed(int exitCode, String result) {
    return TestService.Answered.json(
        200,
        JsonNodeFactory.instance
            .objectNode()
            .put("exitCode", exitCode)
            .put("result", result)
            .toString());
  }

  /**
   * Writes the files of a form whose parts are in pairs: the path, then the content. Of a form that
   * was cut, what has arrived is written.
   */
  private TestService.Answered upload(String form) throws IOException {
    int end = form.indexOf("\r\n");
    if (end < 0) {
      return TestService.Answered.json(400, "");
    }
    String boundary = form.substring(0, end);
    Pattern part =
        Pattern.compile(
            Pattern.quote(boundary)
                + "\r\n(?<head>.*?)\r\n\r\n(?<body>.*?)(?=\r\n"
                + Pattern.quote(boundary)
                + "|\\z)",
            Pattern.DOTALL);
    Matcher matcher = part.matcher(form);
    String path = "";
    while (matcher.find()) {
      if (matcher.group("head").contains(".path\"")) {
        path = matcher.group("body");
      } else {
        Path file = Path.of(here(path));
        Files.createDirectories(file.getParent());
        Files.write(file, matcher.group("body").getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return TestService.Answered.json(200, "");
  }
}
