package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxInfo;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kills clients of sandboxes in the cloud, also while the service has not answered yet. */
@RequiresDocker
@RequiresProgram("docker")
class RemoteCrashIT extends CrashCases {
  /** What happens on the user's machine alone, where it is as with other providers. */
  private static final Set<String> LOCAL =
      Set.of(
          "name claimed",
          "uncommitted changes committed",
          "checkout described",
          "earlier refs parked",
          "base ref created",
          "history packed",
          "quarantine drafted",
          "quarantine made",
          "result begun",
          "result admitted",
          "objects fetched",
          "refs updated",
          "agent's files removed",
          "worktree files removed",
          "worktree entry removed",
          "branch removed");

  private FakeCloud cloud;

  @BeforeEach
  void start() {
    cloud = new FakeCloud();
  }

  @AfterEach
  void stop() {
    try (FakeCloud closed = cloud) {
      closed.checkNothingIsLeft();
    }
  }

  @Override
  String provider() {
    return "daytona";
  }

  @Override
  CrashScene scene() {
    return super.scene().with(cloud.environment());
  }

  @Override
  List<CrashedOperation> operations() {
    return List.of(CrashedOperation.CREATE, CrashedOperation.RUN, CrashedOperation.DELETE);
  }

  @Override
  boolean isOfInterest(String step) {
    return !LOCAL.contains(step);
  }

  @Override
  void checkNothingIsLeft(CrashScene scene) {
    super.checkNothingIsLeft(scene);
    cloud.checkNothingIsLeftOf(scene.name());
  }

  @Test
  void whatStartsBehindTheBackOfAClientThatWasKilledIsRemoved() throws Exception {
    CrashScene scene = scene();
    cloud.faults().freeze();
    killedAt("POST /api/sandbox", scene, "new", "--remote", "--skip-daemon", "--name");
    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    cloud.faults().thaw();
    awaitState(scene, "started");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    collectGarbage(scene);
    scene.checkRepository();
    checkNothingIsLeft(scene);
  }

  @Test
  void whatBreaksBehindTheBackOfAClientThatWasKilledIsRemoved() throws Exception {
    CrashScene scene = scene();
    cloud.faults().freeze();
    cloud.faults().failStart("no runner has room");
    killedAt("POST /api/sandbox", scene, "new", "--remote", "--skip-daemon", "--name");
    cloud.faults().thaw();
    awaitState(scene, "error");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    user(scene).dispense("delete", "--force", scene.name()).succeeds();
    scene.checkRepository();
    checkNothingIsLeft(scene);
  }

  @Test
  void whatIsBrokenIsRemovedAlsoWhenTheClientIsKilledThatWasToRemoveIt() throws Exception {
    CrashScene scene = scene();
    cloud.faults().failStart("no runner has room");
    cloud.faults().refuse("DELETE /api/sandbox", 3, 409, "Sandbox state change in progress");
    killedAt("DELETE /api/sandbox", scene, "new", "--remote", "--skip-daemon", "--name");
    awaitState(scene, "error");

    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);
    collectGarbage(scene);
    scene.checkRepository();
    checkNothingIsLeft(scene);
  }

  @Test
  void aRemovalIsRepeatedWhileTheServiceIsStillBusyWithTheOneThatWasKilled() throws Exception {
    CrashScene scene = scene();
    CrashedOperation.DELETE.prepare(scene);
    cloud.faults().freeze();
    killedAt("DELETE /api/sandbox", scene, "delete", "--force");
    assertThat(scene.listed().orElseThrow().state()).isEqualTo(SandboxInfo.State.GONE);

    user(scene).dispense("delete", "--force", scene.name()).succeeds();

    assertThat(scene.listed()).isEmpty();
    assertThat(scene.git("show", "refs/dispense/" + scene.name() + "/work:left.txt"))
        .isEqualTo("uncommitted\n");
    cloud.faults().thaw();
    await(() -> cloud.sandboxes().isEmpty());
    scene.checkRepository();
    checkNothingIsLeft(scene);
  }

  /** Runs the command for the sandbox, and kills it when the service gets such a request. */
  private void killedAt(String request, CrashScene scene, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createFile(scene.root().resolve("output"));
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = scene.name();
    Process client = user(scene).start(output, all);
    await(
        () -> {
          assertThat(client.isAlive()).as(text(output)).isTrue();
          return cloud.requests().stream()
              .anyMatch(it -> (it.method() + " " + it.path()).startsWith(request));
        });
    client.destroyForcibly().waitFor();
  }

  private static CommandLine user(CrashScene scene) {
    Map<String, String> environment = new HashMap<>(scene.environment());
    environment.put("DISPENSE_HOME", scene.state().toString());
    environment.put("XDG_CONFIG_HOME", scene.root().resolve("config").toString());
    environment.put("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + scene.temporary());
    return new CommandLine(scene.repository(), environment);
  }

  private void awaitState(CrashScene scene, String state) {
    await(() -> state(scene).filter(state::equals).isPresent());
  }

  private Optional<String> state(CrashScene scene) {
    return cloud.sandboxes().stream()
        .filter(it -> it.path("name").asText().equals("dispense-" + scene.name()))
        .map(it -> it.path("state").asText())
        .findFirst();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(10_000_000);
    }
  }
}
