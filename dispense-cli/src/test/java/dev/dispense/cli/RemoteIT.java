package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.daytona.FakeDaytona;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands for sandboxes in the cloud, of two people who share an organization there. */
@RequiresDocker
@RequiresProgram({"docker", "ssh", "scp", "sftp"})
class RemoteIT {
  private static final String IMAGE =
      System.getenv().getOrDefault("DISPENSE_DOCKER_BASE_IMAGE", "debian:bookworm-slim");

  private final String name = "it-" + UUID.randomUUID().toString().substring(0, 8);
  private final String host = "dispense-" + name;
  @TempDir Path root;
  private FakeDaytona daytona;
  private SshClient ada;
  private SshClient bob;

  @BeforeEach
  void start() {
    daytona = FakeDaytona.builder(IMAGE).start();
    ada = member("ada");
    bob = member("bob");
  }

  private SshClient member(String login) {
    return SshClient.at(
        root.resolve(login),
        Map.of(
            "DAYTONA_API_KEY", daytona.apiKey(),
            "DAYTONA_API_URL", daytona.url().toString(),
            "JDK_JAVA_OPTIONS", "-Duser.name=" + login));
  }

  @AfterEach
  void stop() {
    List<String> violations = daytona.violations();
    daytona.close();
    assertThat(violations).isEmpty();
  }

  private void create(SshClient owner, String sandbox) {
    owner
        .command()
        .dispense("new", "--remote", "--name", sandbox, "--skip-copy", "--skip-daemon")
        .succeeds();
  }

  @Test
  void aSavedSandboxIsReachedByWhatSpeaksSshAndItsTokenIsRenewed() throws IOException {
    create(ada, name);
    ada.command().dispense("ssh", name, "--save-config").succeeds();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ada.saved(name))))
        .isEqualTo("rw-------");

    ada.usesWholly(host, Files.createDirectory(root.resolve("scratch")));
    String before = token();
    assertThat(tokens()).isEqualTo(1);

    ends(Instant.now().plusSeconds(60));
    ada.run("ssh", host, "true").succeeds();
    assertThat(token()).isNotEqualTo(before);
    assertThat(tokens()).isEqualTo(2);

    ada.command().dispense("delete", "--force", "--discard", name).succeeds();
    assertThat(ada.saved(name)).doesNotExist();
    assertThat(ada.run("ssh", host, "true").exitCode()).isEqualTo(255);
  }

  @Test
  void theCommandEntersByTheSameTokenAndByANewOneWhereThatHasEnded() throws IOException {
    create(ada, name);
    ada.command().dispense("ssh", name, "--save-config").succeeds();
    Path script = Files.writeString(root.resolve("script"), "echo in the cloud\nexit 4\n");

    assertThat(entered(script).exitCode()).isEqualTo(4);
    assertThat(tokens()).isEqualTo(1);
    bob.command().dispense("share", name).succeeds();
    CommandLine.Outcome again = entered(script);
    assertThat(again.exitCode()).as(again.stderr()).isEqualTo(4);
    assertThat(again.stdout()).contains("in the cloud");
    assertThat(tokens()).isEqualTo(3);
  }

  private CommandLine.Outcome entered(Path script) {
    String command = "'%s' ssh %s <'%s'".formatted(CommandLine.LAUNCHER, name, script);
    return ada.command().run(List.of("sh", "-c", command));
  }

  @Test
  void whatIsSharedWorksForWhoHasNoKeyAndSaysUntilWhen() throws Exception {
    create(ada, name);
    ada.command().dispense("exec", name, "--", "sh", "-c", server()).succeeds();
    List<String> shared =
        ada.command()
            .dispense("share", name, "--port", "8000", "--expires", "2h")
            .succeeds()
            .stdout()
            .lines()
            .toList();

    assertThat(shared).hasSize(2).allSatisfy(line -> assertThat(line).contains("until 20"));
    String ssh = shared.get(0).replaceFirst("^ssh ", "").replaceFirst(" +#.*", "");
    CommandLine.Outcome entered =
        ada.command()
            .run(
                List.of(
                    "sh",
                    "-c",
                    "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no"
                        + " -o UserKnownHostsFile=/dev/null "
                        + ssh
                        + " 'echo entered'"));
    assertThat(entered.succeeds().stdout()).isEqualTo("entered\n");
    assertThat(Page.get(shared.get(1).replaceFirst(" +#.*", "")).body())
        .isEqualTo("hello from inside");
  }

  @Test
  void aPortHasAnAddressForEachAudience() throws Exception {
    create(ada, name);
    CommandLine.Outcome silent = ada.command().dispense("preview", name, "8000").succeeds();
    assertThat(silent.stderr()).contains("Nothing listens on port 8000", "until 20");
    ada.command().dispense("exec", name, "--", "sh", "-c", server()).succeeds();

    CommandLine.Outcome signed = ada.command().dispense("preview", name, "8000").succeeds();
    assertThat(signed.stderr()).doesNotContain("Nothing listens");
    assertThat(Page.get(signed.stdout().strip()).body()).isEqualTo("hello from inside");

    List<String> secret =
        ada.command()
            .dispense("preview", name, "8000", "--private")
            .succeeds()
            .stdout()
            .lines()
            .toList();
    assertThat(Page.get(secret.get(0)).status()).isEqualTo(307);
    assertThat(Page.get(secret.get(0), secret.get(1)).body()).isEqualTo("hello from inside");

    String open =
        ada.command().dispense("preview", name, "8000", "--public").succeeds().stdout().strip();
    assertThat(Page.get(open).body()).isEqualTo("hello from inside");

    CommandLine.Outcome reserved = ada.command().dispense("preview", name, "2280");
    assertThat(reserved.exitCode()).isEqualTo(1);
    assertThat(reserved.stderr()).contains("Daytona's own programs");
    CommandLine.Outcome endless =
        ada.command().dispense("preview", name, "8000", "--expires", "25h");
    assertThat(endless.exitCode()).isEqualTo(1);
    assertThat(endless.stderr()).contains("at most 24 hours");
    CommandLine.Outcome raw = ada.command().dispense("preview", name, "8000", "--raw");
    assertThat(raw.exitCode()).isEqualTo(2);
    assertThat(raw.stderr()).contains("--raw is for sandboxes on this machine");
  }

  @Test
  void allMembersSeeWhoseASandboxIsAndDeleteTheirOwn() {
    String other = name + "-b";
    create(ada, name);
    create(bob, other);

    assertThat(bob.command().dispense("list", "--remote").succeeds().stdout())
        .contains("OWNER")
        .containsPattern(name + " +running +ada ")
        .containsPattern(other + " +running +bob ");
    bob.command().dispense("delete", "--all", "--remote", "--force").succeeds();
    assertThat(names(bob)).contains(name).doesNotContain(other);

    bob.command()
        .dispense("delete", "--all", "--everyone", "--remote", "--force", "--discard")
        .succeeds();
    assertThat(names(ada)).isEmpty();
  }

  @Test
  void aSideIsPreferredWhereANameIsOnBoth() {
    create(bob, name);
    ada.command().dispense("new", "--name", name, "--skip-copy", "--skip-daemon").succeeds();
    try {
      assertThat(whereabouts("--remote")).isNotEqualTo(whereabouts("--local"));
      assertThat(whereabouts("--tty=false")).isEqualTo(whereabouts("--local"));
      ada.command().dispense("delete", "--remote", "--force", "--discard", name).succeeds();
      assertThat(names(ada)).isEmpty();
      assertThat(ada.command().dispense("list", "--local").succeeds().stdout()).contains(name);
    } finally {
      ada.command().dispense("delete", "--local", "--force", "--discard", name);
    }
  }

  private String whereabouts(String option) {
    return ada.command()
        .dispense("exec", name, option, "--", "cat", "/etc/hostname")
        .succeeds()
        .stdout();
  }

  @Test
  void aKeyIsCheckedAndKeptAndNobodyElseReadsIt() throws IOException {
    SshClient newcomer =
        SshClient.at(root.resolve("new"), Map.of("DAYTONA_API_URL", daytona.url().toString()));
    CommandLine.Outcome keyless = newcomer.command().dispense("list", "--remote");
    assertThat(keyless.exitCode()).isEqualTo(1);
    assertThat(keyless.stderr()).contains("dispense login daytona");

    CommandLine.Outcome wrong = loggedIn(newcomer, "dtn_wrong");
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.stderr()).contains("does not accept the key").doesNotContain("dtn_wrong");
    assertThat(loggedIn(newcomer, "").exitCode()).isEqualTo(2);

    loggedIn(newcomer, daytona.apiKey()).succeeds();
    Path stored = newcomer.home().resolve("config/dispense/daytona.properties");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
        .isEqualTo("rw-------");
    newcomer.command().dispense("list", "--remote").succeeds();
  }

  private CommandLine.Outcome loggedIn(SshClient newcomer, String key) throws IOException {
    Path file = Files.writeString(root.resolve("key"), key + "\n");
    String command = "'%s' login daytona <'%s'".formatted(CommandLine.LAUNCHER, file);
    return newcomer.command().run(List.of("sh", "-c", command));
  }

  private static List<String> names(SshClient member) {
    return member
        .command()
        .dispense("list", "--remote")
        .succeeds()
        .stdout()
        .lines()
        .skip(1)
        .map(line -> line.split(" ", 2)[0])
        .toList();
  }

  /** Answers each request in the same way. */
  private static String server() {
    return "printf 'HTTP/1.0 200 OK\\r"
        + "\\n"
        + "Content-Length: 17\\r"
        + "\\n"
        + "\\r"
        + "\\n"
        + "hello from inside' >/tmp/answer; nohup socat TCP-LISTEN:8000,fork,reuseaddr"
        + " SYSTEM:'cat /tmp/answer' >/dev/null 2>&1 </dev/null &";
  }

  private String token() throws IOException {
    return Files.readString(ada.saved(name)).replaceFirst("(?s).*User (\\S+).*", "$1");
  }

  /** Makes the access that was saved look as if it ended then. */
  private void ends(Instant then) throws IOException {
    String text = Files.readString(ada.saved(name));
    Files.writeString(ada.saved(name), text.replaceFirst(" \\S+\n", " " + then + "\n"));
  }

  private long tokens() {
    return daytona.requests().stream()
        .filter(request -> request.method().equals("POST"))
        .filter(request -> request.path().contains("/ssh-access"))
        .count();
  }
}
