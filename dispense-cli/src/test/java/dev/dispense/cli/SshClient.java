package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A user with a home directory of their own, who has ssh, scp and sftp, and the built command. */
final class SshClient {
  private final Path home;
  private final CommandLine user;

  private SshClient(Path home, CommandLine user) {
    this.home = home;
    this.user = user;
  }

  /** Returns a user. */
  static SshClient at(Path home, Map<String, String> environment) {
    try {
      Files.createDirectories(home);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    CommandLine user =
        new CommandLine(home, environment)
            .with("HOME", home.toString())
            .with("XDG_CACHE_HOME", cache())
            .with("XDG_CONFIG_HOME", home.resolve("config").toString())
            .with("DISPENSE_HOME", home.resolve("state").toString());
    return new SshClient(home, user);
  }

  /** The one that there is, where the command has the archive that it starts from. */
  private static String cache() {
    String cache = System.getenv("XDG_CACHE_HOME");
    return cache == null || cache.isEmpty() ? System.getProperty("user.home") + "/.cache" : cache;
  }

  CommandLine command() {
    return user;
  }

  Path home() {
    return home;
  }

  /** Returns the file in which a sandbox was saved. */
  Path saved(String name) {
    return home.resolve("state/ssh/hosts/" + name + ".conf");
  }

  /**
   * Runs ssh, scp or sftp with the user's own configuration, which it would look for in the home
   * directory that the system knows.
   */
  CommandLine.Outcome run(String program, String... arguments) {
    return user.run(argv(program, arguments));
  }

  List<String> argv(String program, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(program));
    argv.addAll(List.of("-F", home.resolve(".ssh/config").toString(), "-o", "BatchMode=yes"));
    argv.addAll(Arrays.asList(arguments));
    return argv;
  }

  /** Goes through what IDEs do with a host: run, copy there and back, list. */
  void usesWholly(String host, Path scratch) throws IOException {
    CommandLine.Outcome ran = run("ssh", host, "echo out; echo err >&2; exit 7");
    assertThat(ran.exitCode()).as(ran.stderr()).isEqualTo(7);
    assertThat(ran.stdout()).isEqualTo("out\n");
    assertThat(ran.stderr()).contains("err\n");

    byte[] bytes = new byte[300_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / 256);
    }
    Path sent = Files.write(scratch.resolve("sent file"), bytes);
    run("scp", "-q", sent.toString(), host + ":/tmp/arrived").succeeds();
    Path back = scratch.resolve("back");
    run("scp", "-q", host + ":/tmp/arrived", back.toString()).succeeds();
    assertThat(back).hasBinaryContent(bytes);

    Path batch =
        Files.writeString(
            scratch.resolve("batch"),
            "mkdir /tmp/made\nls -1 /tmp\nput batch /tmp/made/batch\nget /tmp/made/batch again\n");
    CommandLine.Outcome listed =
        user.in(scratch).run(argv("sftp", "-b", batch.toString(), host)).succeeds();
    assertThat(listed.stdout()).contains("/tmp/arrived", "/tmp/made");
    assertThat(scratch.resolve("again")).hasSameBinaryContentAs(batch);
  }
}
