package dev.dispense.cli.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.SshAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshDirectoryTest {
  private static final Instant END = Instant.parse("2026-11-25T20:00:00Z");

  @TempDir private Path home;

  @Test
  void givesBackWhatWasWritten() {
    SshDirectory directory = prepared();
    directory.save(remote("cloud", "id-1", "token-1"));
    directory.save(local("box", "id-2"));
    directory.update(remote("other", "id-3", "token-3"));

    assertThat(directory.entry("cloud")).contains(remote("cloud", "id-1", "token-1"));
    assertThat(directory.entry("box")).contains(local("box", "id-2"));
    assertThat(directory.entry("other")).contains(remote("other", "id-3", "token-3"));
    assertThat(directory.entry("none")).isEmpty();
    assertThat(directory.entries()).hasSize(3);
    assertThat(home.resolve("state/ssh/hosts/cloud.conf")).exists();
    assertThat(home.resolve("state/ssh/hosts/other.conf")).doesNotExist();
  }

  @Test
  void isReadableByItsOwnerOnly() throws IOException {
    SshDirectory directory = prepared();
    directory.save(remote("cloud", "id-1", "token-1"));
    directory.locked(() -> 0);

    try (Stream<Path> all = Files.walk(directory.config().getParent())) {
      assertThat(all)
          .allSatisfy(
              path ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                      .isIn("rwx------", "rw-------"));
    }
  }

  @Test
  void renewsASavedTokenWhereItWasSaved() throws IOException {
    SshDirectory directory = prepared();
    directory.save(remote("cloud", "id-1", "token-1"));
    Path file = directory.update(remote("cloud", "id-1", "token-2"));

    assertThat(Files.readString(file)).contains("User token-2").doesNotContain("token-1");
    assertThat(directory.entries()).containsExactly(remote("cloud", "id-1", "token-2"));
  }

  @Test
  void forgetsASandboxButNoneThatHasItsNameSince() {
    SshDirectory directory = prepared();
    directory.save(remote("cloud", "id-1", "token-1"));
    directory.save(remote("cloud", "id-2", "token-2"));

    directory.forget("cloud", "daytona", Optional.of("id-1"));
    assertThat(directory.entry("cloud")).isPresent();
    directory.forget("cloud", "docker", Optional.empty());
    assertThat(directory.entry("cloud")).isPresent();

    directory.forget("cloud", "daytona", Optional.of("id-2"));
    assertThat(directory.entry("cloud")).isEmpty();
    assertThat(home.resolve("state/ssh/hosts")).isEmptyDirectory();
    assertThat(home.resolve("state/ssh/refresh")).isEmptyDirectory();
  }

  @Test
  void offersNothingOfTheUsersToASandbox() throws IOException {
    SshDirectory directory = prepared();
    directory.save(local("box", "id-2"));

    assertThat(Files.readString(home.resolve("state/ssh/hosts/box.conf")))
        .contains("Host dispense-box\n", "ProxyCommand env ", " 'ssh-proxy' 'box'\n")
        .contains("ForwardAgent no", "PubkeyAuthentication no", "StrictHostKeyChecking yes");
  }

  @Test
  void takesNoVariableThatAShellWouldRun() {
    Environment host = host(Map.of("DOCKER_HOST", "unix:///x'; touch /tmp/pwned; '"));
    SshDirectory directory = new SshDirectory(host);
    directory.prepare();

    assertThatThrownBy(() -> directory.save(local("box", "id-2")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("DOCKER_HOST");
    assertThat(directory.entries()).isEmpty();
  }

  @Test
  void takesNothingForASandboxThatIsDamaged() throws IOException {
    SshDirectory directory = prepared();
    directory.save(remote("cloud", "id-1", "token-1"));
    Path file = home.resolve("state/ssh/hosts/cloud.conf");
    Files.writeString(file, Files.readString(file).replaceAll("Port \\d+", "Port many"));

    assertThat(directory.entry("cloud")).isEmpty();
  }

  private SshDirectory prepared() {
    SshDirectory directory = new SshDirectory(host(Map.of("DISPENSE_LAUNCHER", "/opt/dispense")));
    directory.prepare();
    return directory;
  }

  private Environment host(Map<String, String> environment) {
    return Environment.in(home)
        .withVariables(environment)
        .withStateDirectory(home.resolve("state"))
        .withCacheDirectory(home.resolve("cache"))
        .withUserName("somebody");
  }

  private static SshEntry remote(String name, String id, String token) {
    SshAccess access = new SshAccess("ssh.example.org", 2222, Secret.of(token), END);
    return new SshEntry(name, "daytona", id, Optional.of(access));
  }

  private static SshEntry local(String name, String id) {
    return new SshEntry(name, "docker", id, Optional.empty());
  }
}
