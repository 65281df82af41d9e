package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Secret;
import dev.dispense.Streams;
import dev.dispense.Traffic;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.docker.gateway.SandboxGateway;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Route;
import dev.dispense.testkit.RequiresDocker;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sandbox reaches through the gateway, and what it does not. */
@RequiresDocker
class GatewayIT {
  private static final String KEY = "canary-$key\"with\\all";

  @TempDir Path state;
  private LiveEngine live;
  private EchoServer upstream;

  @BeforeEach
  void open() {
    live = engine(state);
    upstream = new EchoServer();
  }

  private static LiveEngine engine(Path state) {
    return new LiveEngine(TestHost.withState(state));
  }

  @AfterEach
  void close() {
    live.close();
    upstream.close();
    assertThat(state.resolve("gateway"))
        .satisfiesAnyOf(
            directory -> assertThat(directory).doesNotExist(),
            directory ->
                assertThat(directory).isDirectoryNotContaining(entry -> Files.isDirectory(entry)));
    assertThat(gateways()).isEmpty();
  }

  private List<String> gateways() {
    try (LiveEngine looking = new LiveEngine()) {
      return looking.containersOf(state);
    }
  }

  private Machine sandbox(NetworkPolicy policy) {
    return live.create(LiveEngine.Shape.PLAIN.network(policy));
  }

  private Route route(String key) {
    return new Route(
        "model",
        URI.create("http://localhost:" + upstream.port() + "/base"),
        Map.of("X-Api-Key", Secret.of(key)),
        List.of("/v1/"));
  }

  private String ask(Machine machine, String url, String... options) {
    List<String> argv = new ArrayList<>(List.of("curl", "-sS", "-m", "20", "--unix-socket"));
    argv.add(SandboxGateway.ACCESS.socket());
    argv.addAll(List.of(options));
    argv.add(url);
    return live.run(machine, Command.of(argv), null);
  }

  @Test
  void aRouteHasTheKeyAndTheSandboxHasNot() {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Route route = route(KEY);
    live.gateways().openRoutes(machine.id(), List.of(route));
    String url = SandboxGateway.ACCESS.overSocket(route) + "/v1/messages?beta=true";

    String answer =
        ask(machine, url, "-d", "question", "-H", "x-api-key: own", "-H", "Authorization: own");
    assertThat(answer).isEqualTo("POST /base/v1/messages?beta=true question");
    assertThat(upstream.header("x-api-key")).containsExactly(KEY);
    assertThat(upstream.header("authorization")).isEmpty();
    assertThat(upstream.header("host")).containsExactly("localhost:" + upstream.port());

    String overLoopback = SandboxGateway.ACCESS.overLoopback(route) + "/v1/x";
    assertThat(live.sh(machine, "curl -sS \"$1\"", overLoopback)).isEqualTo("GET /base/v1/x");
    assertThat(live.sh(machine, "cat /proc/[0-9]*/environ; env; cat /run/gateway/* 2>&1"))
        .doesNotContain("canary");
    Traffic traffic = live.gateways().traffic(machine.id());
    assertThat(traffic.routes())
        .singleElement()
        .satisfies(it -> assertThat(it.requests()).isEqualTo(2))
        .satisfies(it -> assertThat(it.route()).isEqualTo("model"));
  }

  @Test
  void whatIsNoPathOfTheRouteIsRefused() {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Route route = route(KEY);
    live.gateways().openRoutes(machine.id(), List.of(route));
    String begin = SandboxGateway.ACCESS.overSocket(route).toString();
    for (String path :
        List.of(
            "/v2/x", "/v1/../admin", "/v1/%2e%2e/admin", "/v1%2f..%2fadmin", "//v1/x/../../a")) {
      assertThat(
              ask(machine, begin + path, "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}"))
          .as(path)
          .isEqualTo("403");
    }
    assertThat(
            ask(machine, begin + "/v1/x", "-X", "DELETE", "-o", "/dev/null", "-w", "%{http_code}"))
        .isEqualTo("403");
    assertThat(upstream.paths()).isEmpty();
  }

  @Test
  void aFurtherRouteLeavesOthersAlone() {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Route one = route("one");
    Route two = route("two");
    live.gateways().openRoutes(machine.id(), List.of(one));
    live.gateways().openRoutes(machine.id(), List.of(two));
    live.gateways().openRoutes(machine.id(), List.of(one));
    assertThat(ask(machine, SandboxGateway.ACCESS.overSocket(one) + "/v1/a")).contains("/v1/a");
    assertThat(upstream.header("x-api-key")).containsExactly("one");
    assertThat(ask(machine, SandboxGateway.ACCESS.overSocket(two) + "/v1/b")).contains("/v1/b");
    assertThat(upstream.header("x-api-key")).containsExactly("two");
  }

  @Test
  void ofChangesAtTheSameMomentNoneIsLost() {
    Machine machine = sandbox(new NetworkPolicy.Allow(Set.of("first.invalid")));
    Set<String> further =
        IntStream.range(0, 20).mapToObj(i -> "h" + i + ".invalid").collect(Collectors.toSet());

    further.parallelStream()
        .forEach(
            host ->
                live.gateways().updateAllowedHosts(machine.id(), now -> now.with(Set.of(host))));

    assertThat(live.gateways().network(machine.id()))
        .isEqualTo(new NetworkPolicy.Allow(Set.of("first.invalid")).with(further));
  }

  @Test
  void onlyTheHostsOfTheListAreReached() {
    Machine machine =
        sandbox(new NetworkPolicy.Allow(Set.of("localhost:" + upstream.port(), "allowed.invalid")));
    assertThat(live.sh(machine, "cat /proc/net/dev | tail -n +3 | cut -d: -f1 | xargs"))
        .isEqualTo("lo");
    assertThat(code(machine, "http://refused.invalid/")).isEqualTo("403 000");
    assertThat(code(machine, "https://refused.invalid/")).isEqualTo("000 403");
    assertThat(code(machine, "http://169.254.169.254/")).isEqualTo("403 000");
    assertThat(code(machine, "http://127.0.0.1:3129/")).isEqualTo("403 000");
    assertThat(code(machine, "https://allowed.invalid/")).isEqualTo("000 503");
    // It is on the list, but no place of the Internet.
    assertThat(code(machine, "http://localhost:" + upstream.port() + "/")).isEqualTo("403 000");
    live.gateways()
        .updateAllowedHosts(
            machine.id(), now -> new NetworkPolicy.Allow(Set.of("refused.invalid")));
    assertThat(code(machine, "http://refused.invalid/")).matches("50[23] 000");
    assertThat(code(machine, "http://allowed.invalid/")).isEqualTo("403 000");
    assertThat(live.gateways().network(machine.id()))
        .isEqualTo(new NetworkPolicy.Allow(Set.of("refused.invalid")));
    assertThat(live.gateways().traffic(machine.id()).hosts())
        .anySatisfy(
            host -> {
              assertThat(host.host()).isEqualTo("refused.invalid");
              assertThat(host.port()).isEqualTo(443);
              assertThat(host.refused()).isEqualTo(1);
            });
  }

  private String code(Machine machine, String url) {
    return live.sh(
        machine,
        "curl -s -m 20 --noproxy '' -o /dev/null -w '%{http_code} %{http_connect}' \"$1\" || true",
        url);
  }

  @Test
  void sandboxesShareAGatewayAndNothingElse() {
    Machine one = sandbox(NetworkPolicy.NONE);
    Machine two = sandbox(new NetworkPolicy.Allow(Set.of("one.invalid")));
    assertThat(gateways()).hasSize(3);
    Route route = route(KEY);
    live.gateways().openRoutes(one.id(), List.of(route));
    assertThat(
            ask(
                two,
                SandboxGateway.ACCESS.overSocket(route) + "/v1/x",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}"))
        .isEqualTo("403");
    assertThat(live.sh(one, "touch /run/gateway/x 2>&1")).contains("Read-only");
    live.provider.delete(one.id());
    assertThat(code(two, "http://one.invalid/")).matches("50[23] 000");
  }

  @Test
  void aGatewayThatWasKilledComesBackWithAllThatItHad() {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Route route = route(KEY);
    live.gateways().openRoutes(machine.id(), List.of(route));
    // It is told of what goes too, and must not take that for its own end.
    live.provider.delete(sandbox(NetworkPolicy.NONE).id());
    for (String gateway : gateways()) {
      if (!gateway.equals(machine.id())) {
        live.run(
            new Machine(gateway, machine.name(), machine.state(), "", Map.of()),
            Command.of("sh", "-c", "kill -s KILL $(cat /tmp/nginx.pid)").in("/"),
            null);
      }
    }
    String url = SandboxGateway.ACCESS.overSocket(route) + "/v1/x";
    assertThat(ask(machine, url, "--retry", "30", "--retry-all-errors", "--retry-delay", "1"))
        .endsWith("GET /base/v1/x");
  }

  @Test
  void aSandboxHasNothingOfAnEarlierOneWhoseGatewayItUses() {
    Machine unused = sandbox(NetworkPolicy.NONE);
    Machine earlier = sandbox(NetworkPolicy.STARTER);
    assertThat(code(earlier, "http://refused.invalid/")).isEqualTo("403 000");
    assertThat(live.gateways().traffic(earlier.id()).hosts()).hasSize(1);
    live.provider.delete(earlier.id());

    Machine machine = sandbox(NetworkPolicy.STARTER);

    assertThat(live.gateways().traffic(machine.id()).hosts()).isEmpty();
  }

  @Test
  void aGatewayThatSomebodyHasRemovedIsMadeAgainForTheNextTask() {
    Machine machine = sandbox(NetworkPolicy.STARTER);
    Route route = route(KEY);
    live.gateways().openRoutes(machine.id(), List.of(route));
    for (String gateway : gateways()) {
      if (!gateway.equals(machine.id())) {
        live.<Object>docker(client -> client.removeContainerCmd(gateway).withForce(true).exec());
      }
    }

    live.gateways().openRoutes(machine.id(), List.of(route));

    String url = SandboxGateway.ACCESS.overSocket(route) + "/v1/x";
    assertThat(ask(machine, url)).isEqualTo("GET /base/v1/x");
    assertThat(code(machine, "http://refused.invalid/")).isEqualTo("403 000");
  }

  @Test
  void aSandboxThatIsGoneIsNotTakenForOneOfAnotherStateDirectory(@TempDir Path elsewhere)
      throws Exception {
    Machine gone = sandbox(NetworkPolicy.NONE);
    Machine unused = sandbox(NetworkPolicy.NONE);
    try (LiveEngine other = engine(elsewhere)) {
      Machine sameSeat = other.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
      live.<Object>docker(client -> client.removeContainerCmd(gone.id()).withForce(true).exec());

      live.provider.cleanUpOrphans();

      assertThat(seats(state)).containsExactly("2");
      assertThat(seats(elsewhere)).containsExactly("1");
      assertThat(other.provider.gateways().orElseThrow().network(sameSeat.id()))
          .isEqualTo(NetworkPolicy.NONE);
    }
  }

  private static List<String> seats(Path directory) throws Exception {
    try (var found = Files.walk(directory.resolve("gateway"))) {
      return found
          .filter(path -> String.valueOf(path.getParent()).endsWith("/sandboxes"))
          .map(path -> String.valueOf(path.getFileName()))
          .toList();
    }
  }

  @Test
  void whatIsLeftOfASandboxThatWasNeverMadeGoesWithTheNext() throws Exception {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Path seats;
    try (var found = Files.walk(state)) {
      seats = found.filter(path -> path.endsWith("sandboxes")).findFirst().orElseThrow();
    }
    Files.createDirectories(seats.resolve("77"));
    live.provider.delete(machine.id());
    assertThat(seats).doesNotExist();
  }

  @Test
  void whatIsAnsweredPieceByPieceComesPieceByPiece() {
    Machine machine = sandbox(NetworkPolicy.NONE);
    Route route = route(KEY);
    live.gateways().openRoutes(machine.id(), List.of(route));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int code =
        live.provider.exec(
            machine.id(),
            Command.of(
                "sh",
                "-c",
                "curl -sN -m 3 --unix-socket \"$1\" \"$2\" || true",
                "sh",
                SandboxGateway.ACCESS.socket(),
                SandboxGateway.ACCESS.overSocket(route) + "/v1/slow"),
            Streams.of(out, out));
    assertThat(code).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("first\n");
    assertThat(upstream.isHeld()).isTrue();
  }

  @Test
  void aSandboxThatNeedsNoneHasNone() {
    MachineSpec plain = live.spec(live.name(), LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
    MachineSpec without =
        MachineSpec.builder(plain.name())
            .labels(plain.labels())
            .resources(plain.resources())
            .user(plain.uid(), plain.gid())
            .build();
    Machine machine = live.provider.create(without, Progress.Listener.NONE);
    try {
      assertThat(gateways()).isEmpty();
      assertThat(live.gateways().network(machine.id())).isEqualTo(NetworkPolicy.NONE);
    } finally {
      live.provider.delete(machine.id());
    }
  }
}
