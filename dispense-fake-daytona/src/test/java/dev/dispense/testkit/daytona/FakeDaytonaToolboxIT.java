package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.Environment;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The toolbox runs commands and moves files in real containers. */
@RequiresDocker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@RequiresProgram("docker")
final class FakeDaytonaToolboxIT {
  static final String IMAGE =
      Environment.current()
          .variables()
          .getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");

  private FakeDaytona daytona;
  private DaytonaClient client;
  private String sandbox;

  @BeforeAll
  void start() throws IOException {
    daytona = FakeDaytona.builder(IMAGE).start();
    client = new DaytonaClient(daytona);
    sandbox = client.create("{\"env\":{\"GREETING\":\"good day\"}}");
  }

  @AfterAll
  void close() {
    assertThat(daytona.violations()).isEmpty();
    daytona.close();
  }

  @Test
  void mergesTheOutputsOfACommand() throws IOException {
    JsonNode result = client.execute(sandbox, "echo \"$GREETING\"; echo bad >&2; exit 3");
    assertThat(result.path("exitCode").asInt()).isEqualTo(3);
    assertThat(result.path("result").asText()).isEqualTo("good day\nbad\n");
  }

  @Test
  void givesTheRestOfTheCommandToAProgramThatReads() throws IOException {
    assertThat(client.execute(sandbox, "cat >/dev/null\necho never").path("result").asText())
        .isEmpty();
    assertThat(client.execute(sandbox, "{ cat >/dev/null\n} </dev/null\necho seen").toString())
        .contains("seen");
  }

  @Test
  void runsInTheDirectoryAndEnvironmentThatAreAskedFor() throws IOException {
    DaytonaClient.Answer answer =
        client.toolbox(
            sandbox,
            "POST",
            "/process/execute",
            "{\"command\":\"pwd; echo $A\",\"cwd\":\"/usr/share\",\"envs\":{\"A\":\"b c\"}}");
    assertThat(answer.json().path("result").asText()).isEqualTo("/usr/share\nb c\n");
    DaytonaClient.Answer nowhere =
        client.toolbox(
            sandbox, "POST", "/process/execute", "{\"command\":\"pwd\",\"cwd\":\"/no/where\"}");
    assertThat(nowhere.status()).isEqualTo(200);
    assertThat(nowhere.json().path("exitCode").asInt()).isEqualTo(-1);
  }

  @Test
  void killsACommandThatTakesTooLong() throws IOException {
    DaytonaClient.Answer answer =
        client.toolbox(
            sandbox,
            "POST",
            "/process/execute",
            "{\"command\":\"echo started; sleep 4711\",\"timeout\":1}");
    assertThat(answer.status()).isEqualTo(408);
    assertThat(answer.text()).doesNotContain("started").contains("REQUEST_TIMEOUT");
    assertThat(client.execute(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").toString())
        .doesNotContain("sleep 4711");
  }

  @Test
  void uploadsAndDownloadsFiles() throws IOException {
    String body =
        part("files[0].path", "/tmp/up/a b")
            + part("files[0].file\"; filename=\"x", "one\r\n--not the end")
            + part("files[1].path", "/tmp/up/é")
            + part("files[1].file\"; filename=\"y", "")
            + part("files[2].file\"; filename=\"z", "lost")
            + "--frontier--\r\n";
    DaytonaClient.Answer answer = upload(body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("errors").path(0).asText()).contains("missing .path");
    assertThat(answer.json().path("files").path(0).path("bytes").asInt()).isEqualTo(18);
    DaytonaClient.Answer download =
        client.toolbox(sandbox, "GET", "/files/download?path=%2Ftmp%2Fup%2Fa+b");
    assertThat(download.text()).isEqualTo("one\r\n--not the end");
    DaytonaClient.Answer all =
        client.toolbox(
            sandbox,
            "POST",
            "/files/bulk-download",
            "{\"paths\":[\"/tmp/up/a b\",\"/tmp/none\",\"/tmp/up/é\"]}");
    assertThat(all.text())
        .contains("name=\"file\"; filename=\"/tmp/up/a b\"", "Content-Length: 18", "not the end")
        .contains("name=\"error\"; filename=\"/tmp/none\"", "\"statusCode\":404")
        .endsWith("--DAYTONA-FILE-BOUNDARY--\r\n");
  }

  @Test
  void leavesNothingOfAnUploadThatIsCut() throws IOException {
    daytona.faults().cutRequest("POST .*/files/bulk-upload", 150);
    String body =
        part("files[0].path", "/tmp/cut/file")
            + part("files[0].file\"; filename=\"x", "x".repeat(1000))
            + "--frontier--\r\n";
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> upload(body)))
        .isInstanceOf(IOException.class);
    assertThat(client.execute(sandbox, "mkdir -p /tmp/cut; ls -A /tmp/cut").path("result").asText())
        .isEmpty();
  }

  @Test
  void cutsAnAnswerWhereItIsToldTo() throws IOException {
    client.execute(sandbox, "head -c 100000 /dev/zero >/tmp/zeros");
    daytona.faults().cutAnswer("GET .*/files/download", 70_000);
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> client.toolbox(sandbox, "GET", "/files/download?path=/tmp/zeros")))
        .isInstanceOf(IOException.class);
    assertThat(client.toolbox(sandbox, "GET", "/files/download?path=/tmp/zeros").text())
        .hasSize(100_000);
  }

  @Test
  void listsDescribesMovesAndDeletesFiles() throws IOException {
    assertThat(status("POST", "/files/folder?path=/tmp/dir/sub&mode=750")).isEqualTo(201);
    client.execute(sandbox, "printf abc >/tmp/dir/.file; ln -s nowhere /tmp/dir/link");
    assertThat(status("POST", "/files/permissions?path=/tmp/dir/.file&mode=600")).isEqualTo(200);
    JsonNode files = client.toolbox(sandbox, "GET", "/files?path=/tmp/dir").json();
    assertThat(files).hasSize(3);
    JsonNode info = client.toolbox(sandbox, "GET", "/files/info?path=/tmp/dir/.file").json();
    assertThat(info.path("name").asText()).isEqualTo(".file");
    assertThat(info.path("size").asInt()).isEqualTo(3);
    assertThat(info.path("permissions").asText()).isEqualTo("0600");
    assertThat(info.path("isDir").asBoolean()).isFalse();
    assertThat(status("POST", "/files/move?source=/tmp/dir/.file&destination=/tmp/dir/moved"))
        .isEqualTo(200);
    assertThat(status("GET", "/files/info?path=/tmp/dir/.file")).isEqualTo(404);
    assertThat(status("DELETE", "/files?path=/tmp/dir")).isEqualTo(400);
    assertThat(status("DELETE", "/files?path=/tmp/dir&recursive=true")).isEqualTo(204);
    assertThat(status("GET", "/files?path=/tmp/dir")).isEqualTo(404);
    assertThat(status("GET", "/files/download?path=/tmp")).isEqualTo(400);
  }

  @Test
  void tellsDirectoriesAndPortsThatAreUsed() throws IOException {
    assertThat(client.toolbox(sandbox, "GET", "/user-home-dir").json().path("dir").asText())
        .startsWith("/");
    assertThat(client.toolbox(sandbox, "GET", "/work-dir").json().path("dir").asText())
        .startsWith("/");
    assertThat(client.toolbox(sandbox, "GET", "/port/3456/in-use").text())
        .isEqualTo("{\"isInUse\":false}");
    assertThat(status("GET", "/port/80/in-use")).isEqualTo(400);
  }

  @Test
  void keepsFilesOverAStopButNoProcesses() throws IOException {
    String other = client.create("{}");
    client.execute(other, "echo kept >/tmp/kept; (setsid sleep 4712 >/dev/null 2>&1 &)");
    client.call("POST", "/sandbox/" + other + "/stop");
    client.awaitState(other, "stopped");
    DaytonaClient.Answer stopped =
        client.toolbox(other, "POST", "/process/execute", "{\"command\":\"true\"}");
    assertThat(stopped.status()).isEqualTo(400);
    assertThat(stopped.text()).contains("Is the Sandbox started?");
    client.call("POST", "/sandbox/" + other + "/start");
    assertThat(client.execute(other, "cat /tmp/kept; cat /proc/[0-9]*/cmdline").toString())
        .contains("kept")
        .doesNotContain("4712");
    client.call("DELETE", "/sandbox/" + other);
    client.awaitState(other, "gone");
  }

  @Test
  void answersOnlyWhoMayEnter() throws IOException {
    String path = "/user-home-dir";
    DaytonaClient stranger = new DaytonaClient(daytona, "wrong");
    assertThat(stranger.toolbox(sandbox, "GET", path).status()).isEqualTo(401);
    String token =
        client
            .call("GET", "/sandbox/" + sandbox + "/ports/3000/preview-url")
            .json()
            .path("token")
            .asText();
    URI uri = client.toolbox(sandbox, path);
    assertThat(stranger.send("GET", uri, Map.of("X-Daytona-Preview-Token", token)).status())
        .isEqualTo(200);
    daytona.faults().killToolbox(sandbox);
    assertThat(client.toolbox(sandbox, "GET", path).status()).isEqualTo(502);
    daytona.faults().reviveToolbox(sandbox);
    assertThat(client.toolbox(sandbox, "GET", path).status()).isEqualTo(200);
  }

  private int status(String method, String path) throws IOException {
    return client.toolbox(sandbox, method, path).status();
  }

  private DaytonaClient.Answer upload(String body) throws IOException {
    return client.send(
        "POST",
        client.toolbox(sandbox, "/files/bulk-upload"),
        Map.of("Content-Type", "multipart/form-data; boundary=frontier"),
        body);
  }

  private static String part(String name, String content) {
    return "--frontier\r\nContent-Disposition: form-data; name=\""
        + name
        + "\"\r\n\r\n"
        + content
        + "\r\n";
  }
}
