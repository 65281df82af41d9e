package dev.dispense.docker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointDiscoveryTest {
  // echo -n colima | sha256sum
  private static final String COLIMA =
      "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16";

  @TempDir Path home;

  private Environment host(Map<String, String> environment) {
    return Environment.in(home)
        .withVariables(environment)
        .withStateDirectory(home)
        .withCacheDirectory(home)
        .withUserName("ann");
  }

  private Endpoint find(Map<String, String> environment) {
    return new EndpointDiscovery(host(environment), socket -> SocketProbe.Result.LISTENING).find();
  }

  private void context(String digest, String meta) throws IOException {
    Path file = home.resolve(".docker/contexts/meta").resolve(digest).resolve("meta.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, meta);
  }

  @ParameterizedTest
  @CsvSource({
    "unix:///tmp/a%20b.sock, unix:///tmp/a%20b.sock",
    "tcp://10.0.0.1:2375, tcp://10.0.0.1:2375",
    "tcp://example.org, tcp://example.org:2375",
    "http://[::1]:9, tcp://[::1]:9"
  })
  void dockerHostNamesTheEngine(String address, String expected) {
    assertThat(find(Map.of("DOCKER_HOST", address)).uri()).hasToString(expected);
  }

  @Test
  void tlsIsUsedWhenItIsAskedFor() {
    assertThat(
            find(
                Map.of(
                    "DOCKER_HOST",
                    "tcp://e:1",
                    "DOCKER_TLS_VERIFY",
                    "1",
                    "DOCKER_CERT_PATH",
                    "/c")))
        .isEqualTo(new Endpoint.Tcp("e", 1, Optional.of(Path.of("/c")), "DOCKER_HOST"));
    assertThat(find(Map.of("DOCKER_HOST", "tcp://e", "DOCKER_TLS_VERIFY", "1")))
        .isEqualTo(
            new Endpoint.Tcp("e", 2376, Optional.of(home.resolve(".docker")), "DOCKER_HOST"));
    assertThat(find(Map.of("DOCKER_HOST", "tcp://e:1", "DOCKER_CERT_PATH", "/c")))
        .isEqualTo(new Endpoint.Tcp("e", 1, Optional.empty(), "DOCKER_HOST"));
  }

  @Test
  void aTcpAddressCountsAsAnotherMachine() {
    assertThat(find(Map.of("DOCKER_HOST", "tcp://127.0.0.1:2375")).isLocal()).isFalse();
    assertThat(find(Map.of("DOCKER_HOST", "unix:///x.sock")).isLocal()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ssh://me@box", "npipe:////./pipe/docker_engine", "unix://", "a b", "tcp:"})
  void otherAddressesAreRefusedWithWhatToDo(String address) {
    assertThatThrownBy(() -> find(Map.of("DOCKER_HOST", address)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("DOCKER_HOST");
  }

  @Test
  void anSshAddressIsAnsweredWithATunnel() {
    assertThatThrownBy(() -> find(Map.of("DOCKER_HOST", "ssh://me@box")))
        .hasMessageContaining("ssh -nNT -L");
  }

  @Test
  void theContextOfTheEnvironmentGoesBeforeTheCurrentOne() throws IOException {
    context(COLIMA, "{\"Endpoints\":{\"docker\":{\"Host\":\"unix:///colima.sock\"}}}");
    Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\":\"gone\"}");

    assertThat(find(Map.of("DOCKER_CONTEXT", "colima")).uri()).hasToString("unix:///colima.sock");
    assertThatThrownBy(() -> find(Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("'gone'")
        .hasMessageContaining("docker context use");
    assertThat(find(Map.of("DOCKER_HOST", "unix:///x.sock", "DOCKER_CONTEXT", "colima")).uri())
        .hasToString("unix:///x.sock");
    assertThat(find(Map.of("DOCKER_CONTEXT", "default")).uri())
        .hasToString("unix:///var/run/docker.sock");
  }

  @Test
  void theCurrentContextIsReadFromTheConfigurationThatTheEnvironmentNames() throws IOException {
    Path config = Files.createDirectory(home.resolve("other"));
    Path meta = config.resolve("contexts/meta").resolve(COLIMA).resolve("meta.json");
    Files.createDirectories(meta.getParent());
    Files.writeString(meta, "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://far:2376\"}}}");
    Path tls = config.resolve("contexts/tls").resolve(COLIMA).resolve("docker");
    Files.createDirectories(tls);
    Files.writeString(config.resolve("config.json"), "{\"currentContext\":\"colima\"}");

    assertThat(find(Map.of("DOCKER_CONFIG", config.toString())))
        .isEqualTo(new Endpoint.Tcp("far", 2376, Optional.of(tls), "the docker context 'colima'"));
  }

  @Test
  void aContextThatSkipsVerificationIsRefused() throws IOException {
    context(
        COLIMA,
        "{\"Endpoints\":{\"docker\":{\"Host\":\"tcp://far:2376\",\"SkipTLSVerify\":true}}}");

    assertThatThrownBy(() -> find(Map.of("DOCKER_CONTEXT", "colima")))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void aConfigurationThatIsNoJsonIsReported() throws IOException {
    Files.createDirectory(home.resolve(".docker"));
    Files.writeString(home.resolve(".docker/config.json"), "{");

    assertThatThrownBy(() -> find(Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("config.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/var/run/docker.sock",
        "/run/user/7/docker.sock",
        "~/.docker/run/docker.sock",
        "~/.colima/default/docker.sock",
        "/run/user/7/podman/podman.sock",
        "/run/podman/podman.sock"
      })
  void theFirstDefaultSocketThatAnswersIsTaken(String socket) {
    Path expected = Path.of(socket.replace("~", home.toString()));
    SocketProbe probe =
        path -> path.equals(expected) ? SocketProbe.Result.LISTENING : SocketProbe.Result.DEAD;

    assertThat(new EndpointDiscovery(host(Map.of("XDG_RUNTIME_DIR", "/run/user/7")), probe).find())
        .isEqualTo(new Endpoint.UnixSocket(expected, "the default sockets"));
  }

  @Test
  void withoutAnyEngineTheMessageSaysWhatWasTriedAndWhatToDo() {
    assertThatThrownBy(
            () ->
                new EndpointDiscovery(host(Map.of()), socket -> SocketProbe.Result.MISSING).find())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("/var/run/docker.sock does not exist")
        .hasMessageContaining(".colima/default/docker.sock")
        .hasMessageContaining("https://docs.docker.com/engine/install/")
        .hasMessageContaining("systemctl start docker");
  }

  @Test
  void aSocketThatThisUserMayNotUseIsNamedWithTheGroup() {
    SocketProbe probe =
        socket ->
            socket.endsWith("run/docker.sock")
                ? SocketProbe.Result.DENIED
                : SocketProbe.Result.MISSING;

    for (Map<String, String> environment :
        List.of(Map.<String, String>of(), Map.of("DOCKER_HOST", "unix:///run/docker.sock"))) {
      assertThatThrownBy(() -> new EndpointDiscovery(host(environment), probe).find())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("usermod -aG docker ann");
    }
  }

  @Test
  void theProbeTellsMissingFromDead() throws IOException {
    Path file = Files.createFile(home.resolve("no-socket"));

    assertThat(SocketProbe.CONNECTING.probe(file)).isEqualTo(SocketProbe.Result.DEAD);
    assertThat(SocketProbe.CONNECTING.probe(home.resolve("nothing")))
        .isEqualTo(SocketProbe.Result.MISSING);
  }
}
