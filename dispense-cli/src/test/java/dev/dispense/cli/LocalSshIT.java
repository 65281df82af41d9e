package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real ssh, scp and sftp, and a browser, into a sandbox on this machine. */
@RequiresDocker
@RequiresProgram({"ssh", "scp", "sftp"})
class LocalSshIT {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final String SERVER =
      "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello from inside' >/tmp/answer;"
          + " nohup socat TCP-LISTEN:8000,fork,reuseaddr SYSTEM:'cat /tmp/answer'"
          + " >/dev/null 2>&1 </dev/null &";

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  private final String host = "dispense-" + name;
  @TempDir Path root;
  private SshClient user;

  @BeforeEach
  void createSandbox() {
    user = SshClient.at(root.resolve("home"), Map.of());
    user.command().dispense("new", "--name", name, "--skip-copy", "--skip-daemon").succeeds();
  }

  @AfterEach
  void deleteSandbox() {
    user.command().dispense("delete", "--force", "--discard", name);
    assertThat(user.saved(name)).doesNotExist();
  }

  @Test
  void aSavedSandboxIsReachedByWhatSpeaksSsh() throws IOException {
    user.command().dispense("ssh", name, "--save-config").succeeds();
    String configured = Files.readString(user.home().resolve(".ssh/config"));
    user.command().dispense("ssh", name, "--save-config").succeeds();
    assertThat(user.home().resolve(".ssh/config")).hasContent(configured.strip());

    user.usesWholly(host, Files.createDirectory(root.resolve("scratch")));

    // What Remote-SSH of Visual Studio Code looks at first.
    assertThat(user.run("ssh", "-G", host).succeeds().stdout())
        .contains("proxycommand env ", "forwardagent no");
    user.command().dispense("delete", "--force", "--discard", name).succeeds();
    assertThat(user.run("ssh", host, "true").exitCode()).isEqualTo(255);
  }

  @Test
  void whatRunsByItEndsWithTheConnection() throws Exception {
    user.command().dispense("ssh", name, "--save-config").succeeds();
    Path output = Files.createFile(root.resolve("output"));
    Process ssh =
        user.command().start(user.argv("ssh", host, "echo be''gun; exec sleep 4711"), output);
    CommandLine.awaitText(ssh, output, "begun");

    ssh.destroy();

    long end = System.nanoTime() + PATIENCE_NANOS;
    while (user.command().dispense("exec", name, "--", "pgrep", "-f", "sleep 471[1]").exitCode()
        != 1) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void aPortIsReachedThroughSsh() throws Exception {
    user.command().dispense("ssh", name, "--save-config").succeeds();
    user.command().dispense("exec", name, "--", "sh", "-c", SERVER).succeeds();
    int port = freePort();
    Path output = Files.createFile(root.resolve("output"));
    Process ssh =
        user.command().start(user.argv("ssh", "-N", "-L", port + ":localhost:8000", host), output);
    try {
      CommandLine.await(
          ssh, output, () -> get("http://127.0.0.1:" + port).equals("hello from inside"));
    } finally {
      ssh.destroy();
      assertThat(ssh.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(user.run("ssh", "-W", "localhost:8000", host).stdout())
        .endsWith("hello from inside");
    // Only the sandbox itself is behind it.
    CommandLine.Outcome elsewhere = user.run("ssh", "-W", "192.0.2.1:80", host);
    assertThat(elsewhere.exitCode()).isEqualTo(255);
    assertThat(elsewhere.stderr()).contains("administratively prohibited");
  }

  @Test
  void aPortIsForwardedUntilItIsInterrupted() throws Exception {
    Path output = Files.createFile(root.resolve("output"));
    Process preview = user.command().start(output, "preview", name, "8000", "--raw");
    CommandLine.awaitText(preview, output, "Ctrl-C ends it");
    assertThat(Files.readString(output)).contains("Nothing listens on port 8000");
    assertThat(Files.readString(output)).contains("Every program and every user");
    String url = "http://" + Files.readAllLines(output).get(0);

    user.command().dispense("exec", name, "--", "sh", "-c", SERVER).succeeds();
    CommandLine.await(preview, output, () -> get(url).equals("hello from inside"));
    // Ctrl-C does the same, but its signal is ignored where the tests run in the background.
    preview.destroy();

    assertThat(preview.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(preview.exitValue()).isEqualTo(143);
    assertThat(get(url)).isEmpty();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Returns the body of a page; empty when there is none. */
  private static String get(String url) {
    try {
      return Page.get(url).body();
    } catch (IOException e) {
      return "";
    }
  }
}
