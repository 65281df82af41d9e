package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Previews in a browser's way, and SSH with the real {@code ssh}, {@code scp} and {@code sftp}. */
@RequiresDocker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@RequiresProgram("docker")
@Tag("jdk")
final class FakeDaytonaAccessIT {
  /** A web server of a few lines, which says what it was asked for. */
  private static final String SERVER =
      "use Socket; socket(S,AF_INET,SOCK_STREAM,0); setsockopt(S,SOL_SOCKET,SO_REUSEADDR,1);"
          + "bind(S,pack_sockaddr_in(8080,inet_aton(\"127.0.0.1\"))); listen(S,9);"
          + "while(accept(C,S)){my $h=\"\"; my $first; while(<C>){$first||=$_; last if /^\\r?$/}"
          + "my $b=\"page \".$first; syswrite(C,\"HTTP/1.1 200 OK\\r\\nContent-Length: \""
          + ".length($b).\"\\r\\nConnection: close\\r\\n\\r\\n\".$b); close C}";

  private FakeDaytona daytona;
  private DaytonaClient client;
  private String sandbox;

  @BeforeAll
  void start() throws IOException {
    daytona = FakeDaytona.builder(FakeDaytonaToolboxIT.IMAGE).start();
    client = new DaytonaClient(daytona);
    sandbox = client.create("{}");
    client.execute(
        sandbox,
        "cat >/tmp/server.pl <<'END'\n"
            + SERVER
            + "\nEND\nsetsid perl /tmp/server.pl >/dev/null 2>&1 </dev/null &\n");
    DaytonaClient.await(
        () -> client.toolbox(sandbox, "GET", "/port/8080/in-use").text().contains("true"));
  }

  @AfterAll
  void close() {
    assertThat(daytona.violations()).isEmpty();
    daytona.close();
  }

  @Test
  void showsAPreviewOnlyToWhoMaySeeIt() throws IOException {
    DaytonaClient.Answer preview =
        client.call("GET", "/sandbox/" + sandbox + "/ports/8080/preview-url");
    String url = preview.json().path("url").asText();
    String token = preview.json().path("token").asText();
    assertThat(get(url + "/a?b=c")).startsWith("HTTP/1.1 307");
    assertThat(get(url + "/a", "X-Daytona-Preview-Token: wrong")).startsWith("HTTP/1.1 401");
    assertThat(get(url + "/a?b=c", "X-Daytona-Preview-Token: " + token))
        .startsWith("HTTP/1.1 200")
        .endsWith("page GET /a?b=c HTTP/1.1\r\n");
    assertThat(get(url + "/?DAYTONA_SANDBOX_AUTH_KEY=" + token)).startsWith("HTTP/1.1 200");
    assertThat(get(url + "/", "Authorization: Bearer " + daytona.apiKey()))
        .startsWith("HTTP/1.1 200");
    client.call("POST", "/sandbox/" + sandbox + "/public/true");
    assertThat(get(url + "/")).startsWith("HTTP/1.1 200");
    assertThat(get(url.replace("8080-", "8081-") + "/")).startsWith("HTTP/1.1 502");
    assertThat(get(url.replace("8080-", "2280-") + "/")).startsWith("HTTP/1.1 307");
    client.call("POST", "/sandbox/" + sandbox + "/public/false");
  }

  @Test
  void showsASignedPreviewUntilItExpires() throws IOException {
    String path = "/sandbox/" + sandbox + "/ports/8080/signed-preview-url";
    DaytonaClient.Answer signed = client.call("GET", path + "?expiresInSeconds=600");
    String url = signed.json().path("url").asText();
    assertThat(get(url + "/x")).contains("page GET /x");
    String token = signed.json().path("token").asText();
    assertThat(client.call("POST", path + "/" + token + "/expire").status()).isEqualTo(201);
    assertThat(get(url + "/x")).startsWith("HTTP/1.1 307");
  }

  @Test
  @RequiresProgram({"ssh", "scp", "sftp"})
  void runsCommandsAndCopiesFilesBySsh(@TempDir Path directory) throws Exception {
    String token = token();
    assertThat(ssh(directory, token, "echo out; exit 5"))
        .isEqualTo(new HostProgram.Result(5, "out\n"));
    assertThat(ssh(directory, token, "echo err >&2")).isEqualTo(new HostProgram.Result(0, "err\n"));
    assertThat(ssh(directory, token, "-tt", "stty size >/dev/null && tty").output())
        .contains("/dev/pts/");
    Files.writeString(directory.resolve("a file"), "content\n".repeat(50_000));
    assertThat(copy(directory, "scp", token, "-r", "a file", "to:/tmp/copied")).isZero();
    assertThat(copy(directory, "scp", token, "from:/tmp/copied", "back")).isZero();
    assertThat(directory.resolve("back")).hasSameBinaryContentAs(directory.resolve("a file"));
    Files.writeString(
        directory.resolve("batch"),
        """
        mkdir /tmp/sub
        put back /tmp/sub/one
        rename /tmp/sub/one /tmp/sub/two
        chmod 600 /tmp/sub/two
        ln -s two /tmp/sub/link
        ls -la /tmp/sub
        get /tmp/sub/link got
        rm /tmp/sub/link
        rm /tmp/sub/two
        rmdir /tmp/sub
        """);
    assertThat(copy(directory, "sftp", token, "-b", "batch", "to")).isZero();
    assertThat(directory.resolve("got")).hasSameBinaryContentAs(directory.resolve("back"));
    assertThat(client.execute(sandbox, "ls -d /tmp/sub").path("exitCode").asInt()).isNotZero();
  }

  @Test
  @RequiresProgram("ssh")
  void forwardsConnectionsBySsh(@TempDir Path directory) throws Exception {
    List<String> command = options("ssh", token());
    command.addAll(List.of("-W", "localhost:8080", "to"));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream input = process.getOutputStream()) {
      input.write("GET /forwarded HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      input.flush();
      assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("page GET /forwarded");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @RequiresProgram("ssh")
  void letsOnlyTheLastTokenIn(@TempDir Path directory) throws Exception {
    String first = token();
    String second = token();
    assertThat(ssh(directory, first, "true").exitCode()).isEqualTo(255);
    assertThat(ssh(directory, second, "true").exitCode()).isZero();
    daytona.faults().expireSshTokens();
    assertThat(ssh(directory, second, "true").exitCode()).isEqualTo(255);
    String third = token();
    client.call("DELETE", "/sandbox/" + sandbox + "/ssh-access?token=" + third);
    assertThat(ssh(directory, third, "true").exitCode()).isEqualTo(255);
  }

  private String token() throws IOException {
    return client
        .call("POST", "/sandbox/" + sandbox + "/ssh-access?expiresInMinutes=5")
        .json()
        .path("token")
        .asText();
  }

  private HostProgram.Result ssh(Path directory, String token, String... rest) throws Exception {
    List<String> command = options("ssh", token);
    int options = rest.length - 1;
    command.addAll(List.of(rest).subList(0, options));
    command.addAll(List.of("to", rest[options]));
    return HostProgram.run(directory, command);
  }

  private int copy(Path directory, String program, String token, String... rest) throws Exception {
    List<String> command = options(program, token);
    command.addAll(List.of(rest));
    HostProgram.Result result = HostProgram.run(directory, command);
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.exitCode();
  }

  private List<String> options(String program, String token) throws IOException {
    String port =
        client
            .call("GET", "/config")
            .json()
            .path("sshGatewayCommand")
            .asText()
            .replaceAll(".* -p (\\d+) .*", "$1");
    List<String> command = new ArrayList<>(List.of(program, "-F", "/dev/null"));
    for (String option :
        List.of(
            "HostName=127.0.0.1",
            "Port=" + port,
            "User=" + token,
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
            "BatchMode=yes")) {
      command.addAll(List.of("-o", option));
    }
    return command;
  }

  /** Asks for a page as a browser does, which finds names below localhost by itself. */
  private static String get(String url, String... headers) throws IOException {
    URI uri = URI.create(url);
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder request = new StringBuilder("GET " + uri.getRawPath() + query + " HTTP/1.1\r\n");
    request.append("Host: ").append(uri.getAuthority()).append("\r\nConnection: close\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        answer.append((char) c);
      }
      return answer.toString();
    }
  }
}
