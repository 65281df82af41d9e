package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Sessions and terminals, with what is odd about them. */
@RequiresDocker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@RequiresProgram("docker")
final class FakeDaytonaProcessesIT {
  private static final Map<String, String> NEW_SDK = Map.of("X-Daytona-SDK-Version", "0.190.0");

  private FakeDaytona daytona;
  private DaytonaClient client;
  private String sandbox;

  @BeforeAll
  void start() throws IOException {
    daytona = FakeDaytona.builder(FakeDaytonaToolboxIT.IMAGE).start();
    client = new DaytonaClient(daytona);
    sandbox = client.create("{}");
  }

  @AfterAll
  void close() {
    assertThat(daytona.violations()).isEmpty();
    daytona.close();
  }

  @Test
  void tellsHowACommandOfASessionEnded() throws IOException {
    session("sync");
    assertThat(post("/process/session", "{\"sessionId\":\"sync\"}").status()).isEqualTo(409);
    JsonNode first = execute("sync", "cd /usr; export A=kept; echo out; echo err >&2", NEW_SDK);
    assertThat(first.path("stdout").asText()).isEqualTo("out\n");
    assertThat(first.path("stderr").asText()).isEqualTo("err\n");
    assertThat(first.path("exitCode").asInt()).isZero();
    JsonNode second = execute("sync", "pwd; echo $A; false", Map.of());
    assertThat(second.path("output").asText()).isEqualTo("/usr\nkept\n");
    assertThat(second.path("exitCode").asInt()).isEqualTo(1);
    JsonNode session = client.toolbox(sandbox, "GET", "/process/session/sync").json();
    assertThat(session.path("commands")).hasSize(2);
    assertThat(session.path("commands").path(1).path("exitCode").asInt()).isEqualTo(1);
    assertThat(client.toolbox(sandbox, "DELETE", "/process/session/sync").status()).isEqualTo(204);
    assertThat(client.toolbox(sandbox, "GET", "/process/session/sync").status()).isEqualTo(404);
  }

  @Test
  void losesZeroBytesAndAddsALineEndToLogs() throws IOException {
    session("lines");
    JsonNode result = execute("lines", "printf 'a\\0b\\n\\nlast'", NEW_SDK);
    assertThat(result.path("stdout").asText()).isEqualTo("ab\n\nlast\n");
    String logs = "/process/session/lines/command/" + result.path("cmdId").asText() + "/logs";
    assertThat(client.toolbox(sandbox, "GET", logs).text()).isEqualTo("ab\n\nlast\n");
    assertThat(client.send("GET", client.toolbox(sandbox, logs), NEW_SDK).json().path("output"))
        .hasToString(
            "\"\\u0001\\u0001\\u0001ab\\n\\u0001\\u0001\\u0001\\n\\u0001\\u0001\\u0001last\\n\"");
  }

  @Test
  void followsACommandByAWebSocketToItsEnd() throws Exception {
    session("follow");
    String logs = start("follow", "i=0; while [ $i -lt 300 ]; do echo line $i; i=$((i+1)); done");
    SocketProbe probe = follow(logs, NEW_SDK);
    assertThat(probe.awaitEnd()).startsWith("1000");
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 300; i++) {
      expected.append("\1\1\1line ").append(i).append('\n');
    }
    assertThat(probe.text()).isEqualTo(expected.toString());
    assertThat(probe.largest()).isLessThanOrEqualTo(1024);
    assertThat(follow(logs, Map.of()).awaitEnd()).startsWith("1000");
    daytona.faults().cutAnswer("WEBSOCKET .*/logs", 1234);
    SocketProbe cut = follow(logs, NEW_SDK);
    assertThat(cut.awaitEnd()).isEqualTo("cut");
    assertThat(cut.text()).isEqualTo(expected.substring(0, 1234));
  }

  @Test
  void passesInputToACommand() throws Exception {
    session("input");
    String logs = start("input", "read -r name; echo \"hello $name\"");
    String command = logs.substring(0, logs.length() - "/logs".length());
    assertThat(post(command + "/input", "{\"data\":\"you\"}").status()).isEqualTo(204);
    SocketProbe probe = follow(logs, Map.of());
    assertThat(probe.awaitEnd()).startsWith("1000");
    assertThat(probe.text()).isEqualTo("hello you\n");
    assertThat(post(command + "/input", "{\"data\":\"you\"}").status()).isEqualTo(410);
  }

  @Test
  void neverTellsTheExitCodeOfACommandThatEndsTheShell() throws Exception {
    session("exit");
    String logs = start("exit", "echo before; exit 3");
    SocketProbe probe = follow(logs, Map.of());
    probe.await(text -> text.equals("before\n"));
    String command = logs.substring(0, logs.length() - "/logs".length());
    assertThat(client.toolbox(sandbox, "GET", command).json().has("exitCode")).isFalse();
    assertThat(client.toolbox(sandbox, "DELETE", "/process/session/exit").status()).isEqualTo(204);
    assertThat(probe.awaitEnd()).isNotEmpty();
  }

  @Test
  void killsWhatRunsInADeletedSession() throws Exception {
    session("kill");
    String logs = start("kill", "echo up; sleep 4713");
    follow(logs, Map.of()).await(text -> text.equals("up\n"));
    assertThat(client.toolbox(sandbox, "DELETE", "/process/session/kill").status()).isEqualTo(204);
    assertThat(client.execute(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").toString())
        .doesNotContain("sleep 4713");
  }

  @Test
  void cutsWhoLooksAtASandboxWhoseToolboxDies() throws Exception {
    session("dead");
    String logs = start("dead", "echo up; sleep 1000");
    SocketProbe probe = follow(logs, Map.of());
    probe.await(text -> text.equals("up\n"));
    daytona.faults().killToolbox(sandbox);
    assertThat(probe.awaitEnd()).isEqualTo("cut");
    assertThat(client.toolbox(sandbox, "GET", logs).status()).isEqualTo(502);
    daytona.faults().reviveToolbox(sandbox);
    assertThat(client.toolbox(sandbox, "GET", logs).text()).isEqualTo("up\n");
    client.toolbox(sandbox, "DELETE", "/process/session/dead");
  }

  @Test
  void showsATerminalAndTellsHowItEnded() throws Exception {
    String body = "{\"id\":\"t\",\"cols\":90,\"rows\":30,\"cwd\":\"/usr\",\"lazyStart\":true}";
    assertThat(post("/process/pty", body).status()).isEqualTo(201);
    assertThat(post("/process/pty", body).status()).isEqualTo(409);
    URI uri = client.toolbox(sandbox, "/process/pty/t/connect");
    SocketProbe probe = SocketProbe.open(uri, daytona.apiKey(), NEW_SDK);
    probe.send("stty size; pwd; echo $TERM\n", false);
    probe.await(text -> text.contains("30 90") && text.contains("xterm-256color"));
    assertThat(probe.controls()).isEqualTo("{\"type\":\"control\",\"status\":\"connected\"}");
    assertThat(post("/process/pty/t/resize", "{\"cols\":70,\"rows\":20}").status()).isEqualTo(200);
    probe.send("stty size\n", true);
    probe.await(text -> text.contains("20 70"));
    probe.send("exit 7\n", false);
    assertThat(probe.awaitEnd()).isEqualTo("1011 {\"exitCode\":7}");
    assertThat(client.toolbox(sandbox, "GET", "/process/pty/t").status()).isEqualTo(404);
  }

  @Test
  void killsADeletedTerminal() throws Exception {
    post("/process/pty", "{\"id\":\"d\"}");
    URI uri = client.toolbox(sandbox, "/process/pty/d/connect");
    SocketProbe probe = SocketProbe.open(uri, daytona.apiKey(), Map.of());
    probe.send("echo r$((40+2))dy\n", false);
    probe.await(text -> text.contains("r42dy"));
    assertThat(client.toolbox(sandbox, "DELETE", "/process/pty/d").status()).isEqualTo(200);
    assertThat(probe.awaitEnd()).startsWith("1011 {\"exitCode\":137");
    SocketProbe none = SocketProbe.open(uri, daytona.apiKey(), Map.of());
    none.awaitEnd();
    assertThat(none.controls()).contains("\"status\":\"error\"");
  }

  private void session(String id) throws IOException {
    assertThat(post("/process/session", "{\"sessionId\":\"" + id + "\"}").status()).isEqualTo(201);
  }

  private JsonNode execute(String session, String command, Map<String, String> headers)
      throws IOException {
    String body = DaytonaClient.JSON.createObjectNode().put("command", command).toString();
    URI uri = client.toolbox(sandbox, "/process/session/" + session + "/exec");
    return client.send("POST", uri, headers, body).json();
  }

  /** Starts a command, and returns the path of its logs. */
  private String start(String session, String command) throws IOException {
    String body =
        DaytonaClient.JSON
            .createObjectNode()
            .put("command", command)
            .put("runAsync", true)
            .put("suppressInputEcho", true)
            .toString();
    DaytonaClient.Answer answer = post("/process/session/" + session + "/exec", body);
    assertThat(answer.status()).isEqualTo(202);
    String id = answer.json().path("cmdId").asText();
    return "/process/session/" + session + "/command/" + id + "/logs";
  }

  private SocketProbe follow(String logs, Map<String, String> headers) throws IOException {
    URI uri = client.toolbox(sandbox, logs + "?follow=true");
    return SocketProbe.open(uri, daytona.apiKey(), headers);
  }

  private DaytonaClient.Answer post(String path, String body) throws IOException {
    return client.toolbox(sandbox, "POST", path, body);
  }
}
