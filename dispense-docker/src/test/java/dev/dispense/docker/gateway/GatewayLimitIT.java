package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.TaskSpec;
import dev.dispense.Traffic;
import dev.dispense.docker.EchoServer;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Route;
import dev.dispense.spi.TaskTag;
import dev.dispense.testkit.RequiresDocker;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a task may ask of its model when it has a limit. */
@RequiresDocker
class GatewayLimitIT {
  private static final String REACHED = "reached its limit of ";

  @TempDir static Path state;
  private static LiveEngine live;
  private static EchoServer upstream;
  private static Machine machine;
  private static Route route;

  @BeforeAll
  static void open() {
    live = new LiveEngine(TestHost.withState(state));
    upstream = new EchoServer();
    machine = live.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.NONE));
    route =
        new Route(
            "model",
            URI.create("http://localhost:" + upstream.port()),
            Map.of("X-Api-Key", Secret.of("key")),
            List.of("/v1/"));
    live.gateways().openRoutes(machine.id(), List.of(route));
  }

  @AfterAll
  static void close() {
    live.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
  }

  private TaskTag admit(TaskSpec.Limit limit, TaskTag... atWork) {
    TaskTag task = TaskTag.random();
    live.gateways().admit(machine.id(), task, limit, () -> Set.of(atWork));
    return task;
  }

  private static TaskSpec.Limit requests(long most) {
    return new TaskSpec.Limit(OptionalLong.of(most), OptionalLong.empty());
  }

  private static TaskSpec.Limit bytes(long most) {
    return new TaskSpec.Limit(OptionalLong.empty(), OptionalLong.of(most));
  }

  private static Gateway of(TaskTag task) {
    return SandboxGateway.ACCESS.forTask(task);
  }

  private String ask(Gateway gateway, String... options) {
    List<String> argv = new ArrayList<>(List.of("curl", "-sS", "-m", "20"));
    argv.addAll(List.of("--unix-socket", gateway.socket(), "-w", " %{http_code}"));
    argv.addAll(List.of(options));
    argv.add(gateway.overSocket(route) + "/v1/x?y=z");
    return live.run(machine, Command.of(argv), null);
  }

  @Test
  void aTaskMayAskAsOftenAsItsLimitSays() {
    TaskTag task = admit(requests(2));
    assertThat(ask(of(task), "-d", "question")).isEqualTo("POST /v1/x?y=z question 200");
    assertThat(live.sh(machine, "curl -sS \"$1\"", of(task).overLoopback(route) + "/v1/y"))
        .isEqualTo("GET /v1/y");
    assertThat(ask(of(task)))
        .isEqualTo(
            "{\"type\":\"error\",\"error\":{\"type\":\"permission_error\",\"message\":\"This task"
                + " has reached its limit of 2 requests to the model.\"}} 403");
    assertThat(upstream.paths()).containsExactly("/v1/x?y=z", "/v1/y");
    Traffic.Usage traffic = live.gateways().traffic(machine.id(), task);
    assertThat(traffic.requests()).isEqualTo(2);
    assertThat(traffic.sent()).isBetween(100L, 2000L);
    assertThat(traffic.received()).isBetween(100L, 2000L);
  }

  @Test
  void requestsAtTheSameTimePassNoFurther() {
    TaskTag task = admit(requests(5));
    String answers =
        live.sh(
            machine,
            "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do"
                + " curl -s -o /dev/null -w '%{http_code}\\n' --unix-socket \"$1\" \"$2\" & done;"
                + " wait",
            SandboxGateway.ACCESS.socket(),
            of(task).overSocket(route) + "/v1/x");
    assertThat(answers.lines()).hasSize(12);
    assertThat(answers.lines().filter("200"::equals)).hasSize(5);
    assertThat(answers.lines().filter("403"::equals)).hasSize(7);
    assertThat(upstream.paths()).hasSize(5);
  }

  @Test
  void aTaskMayAskUntilItsBytesAreUsedUp() {
    TaskTag task = admit(bytes(3000));
    assertThat(ask(of(task), "-d", "x".repeat(1000))).endsWith(" 200");
    assertThat(ask(of(task), "-d", "x".repeat(1000))).endsWith(" 200");
    assertThat(ask(of(task))).contains(REACHED + "3000 bytes").endsWith(" 403");
  }

  @Test
  void aLimitIsForRoutesOfTasksAlone() {
    Route registry =
        new Route(
            "registry",
            URI.create("http://localhost:" + upstream.port()),
            Map.of("Authorization", Secret.of("key")),
            List.of("/"));
    live.gateways().openSharedRoutes(machine.id(), List.of(registry));
    admit(requests(1));
    String there = SandboxGateway.ACCESS.overLoopback(registry).toString();
    String here = SandboxGateway.ACCESS.overLoopback(route).toString();
    assertThat(live.sh(machine, "curl -sS \"$1\"/v1/x \"$1\"/v1/y", there))
        .isEqualTo("GET /v1/x GET /v1/y");
    upstream.forget();
    String around = here.substring(here.lastIndexOf('/'));
    for (String path : List.of(here + "/v1/x", there + "/.." + around + "/v1/x", there + around)) {
      assertThat(live.sh(machine, "curl -sS --path-as-is -o /dev/null \"$1\"", path)).isEmpty();
    }
    assertThat(upstream.paths()).containsExactly(around);
    assertThat(upstream.header("x-api-key")).isEmpty();
  }

  @Test
  void noOtherWayLeadsPastALimit() {
    TaskTag before = admit(TaskSpec.Limit.NONE);
    assertThat(ask(of(before))).endsWith(" 200");
    TaskTag task = admit(requests(1));
    assertThat(ask(of(task))).endsWith(" 200");
    upstream.forget();

    for (Gateway other :
        List.of(of(task), of(before), of(TaskTag.random()), SandboxGateway.ACCESS)) {
      assertThat(ask(other)).endsWith(" 403");
    }
    String begin = "/task-" + task.value();
    for (String path :
        List.of(
            "/x/.." + route.path(),
            "/%74ask-" + task.value() + route.path(),
            "/task-" + before.value() + "/.." + begin + route.path(),
            begin + begin + route.path(),
            begin + "/.." + route.path(),
            "/" + begin + route.path())) {
      assertThat(
              live.sh(
                  machine,
                  "curl -s -o /dev/null -w '%{http_code}' --path-as-is -H \"X-Task: 1 $3\""
                      + " --unix-socket \"$1\" \"http://localhost$2/v1/x\"",
                  SandboxGateway.ACCESS.socket(),
                  path,
                  before.value()))
          .as(path)
          .matches("40[03]");
    }
    assertThat(upstream.paths()).isEmpty();
  }

  @Test
  void theNextTaskHasALimitOfItsOwnOrNone() {
    TaskTag first = admit(requests(1));
    TaskTag waiting = admit(requests(1), first);
    assertThat(ask(of(first))).endsWith(" 200");
    assertThat(ask(of(first))).contains(REACHED);
    assertThat(ask(of(waiting))).endsWith(" 200");
    assertThat(ask(of(waiting))).contains(REACHED);
    TaskTag free = admit(TaskSpec.Limit.NONE);
    for (int i = 0; i < 3; i++) {
      assertThat(ask(of(free))).endsWith(" 200");
    }
  }

  @Test
  void tasksWithAndWithoutALimitDoNotMix() {
    TaskTag free = admit(TaskSpec.Limit.NONE);
    assertThatThrownBy(() -> admit(requests(1), free))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("one without has not ended");
    TaskTag limited = admit(requests(1));
    assertThatThrownBy(() -> admit(TaskSpec.Limit.NONE, limited))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a limit too");
  }

  @Test
  @Timeout(60)
  void aLimitOutlivesTheGateway() {
    TaskTag task = admit(requests(2));
    assertThat(ask(of(task))).endsWith(" 200");
    List<String> gateways =
        live.containersOf(state).stream().filter(id -> !id.equals(machine.id())).toList();
    assertThat(gateways).hasSize(1);
    live.docker(client -> client.restartContainerCmd(gateways.get(0)).exec());
    assertThat(ask(of(task), "--retry", "30", "--retry-all-errors", "--retry-delay", "1"))
        .endsWith(" 200");
    assertThat(ask(of(task))).contains(REACHED);
    // It is written down when nginx has done with it, which may be after its answer was read.
    while (live.gateways().traffic(machine.id(), task).requests() < 2) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(live.gateways().traffic(machine.id(), task).requests()).isEqualTo(2);
  }
}
