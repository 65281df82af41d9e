package dev.dispense.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.NameTakenException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.Resources;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sandboxes that are prepared beforehand, in real containers. */
@DispenseTest
@RequiresDocker
@Timeout(900)
@RequiresProgram("docker")
class AlwaysReadyIT {
  private final String name = "ready-" + UUID.randomUUID().toString().substring(0, 8);
  private final DispenseFixture fixture;
  private final Path repository;
  private final Dispense dispense;

  AlwaysReadyIT(DispenseFixture fixture) throws Exception {
    this.fixture = fixture;
    repository = fixture.repository("project");
    ScriptedAgent agent =
        ScriptedAgent.builder().write("file.txt", "mended\n").succeed("Done.").build();
    dispense =
        Dispense.builder()
            .environment(
                fixture
                    .environment()
                    .withSetting("provider", "docker")
                    .withSetting("agent", ScriptedAgent.ID))
            .plugin(agent)
            .build();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    try {
      dispense.clearPool();
      assertThat(prepared()).isEmpty();
      fixture.assertNothingLeft();
      assertThat(fixture.git(repository, "branch", "--list").lines()).hasSize(1);
      assertThat(containers()).isEmpty();
    } finally {
      dispense.close();
    }
  }

  private SandboxSpec.Builder spec() {
    return SandboxSpec.builder(name).source(Source.directory(repository));
  }

  private List<String> containers() throws Exception {
    String label = "label=dev.dispense.home=" + fixture.directory().resolve("state");
    return DockerCommand.output("ps", "--all", "--no-trunc", "--filter", label, "--format={{.ID}}")
        .lines()
        .toList();
  }

  private List<Path> prepared() throws IOException {
    Path directory = fixture.directory().resolve("state/prepared");
    if (Files.notExists(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  private int prepare(int count) {
    return dispense.fillPool(spec().build(), count, Progress.Listener.NONE);
  }

  @Test
  void aSandboxThatIsPreparedIsTakenWithTheNameThatIsAskedFor() throws Exception {
    assertThat(prepare(1)).isEqualTo(1);
    assertThat(prepare(1)).as("it is there already").isZero();
    assertThat(dispense.list()).as("it is not a sandbox of anybody yet").noneMatch(this::isMine);
    String prepared = containers().get(0);

    Sandbox sandbox = dispense.create(spec().model("another").build());

    assertThat(sandbox.info().id()).contains(prepared);
    SandboxInfo listed = dispense.list().stream().filter(this::isMine).findFirst().orElseThrow();
    assertThat(listed).isEqualTo(sandbox.info());
    assertThat(listed.model()).contains("another");
    assertThat(listed.branch()).contains("dispense/" + name);
    assertThat(out(sandbox, "git branch --show-current && git status --porcelain && hostname"))
        .isEqualTo("dispense/" + name + "\nsandbox");
    assertThat(fixture.git(repository, "branch", "--format=%(refname:short)"))
        .isEqualTo("dispense/" + name + "\nmain");
    sandbox.forceDelete();
  }

  @Test
  void whatWasCommittedSinceIsInItAndItsWorkComesBack() throws Exception {
    prepare(1);
    Files.writeString(repository.resolve("file.txt"), "newer\n");
    Files.writeString(repository.resolve("more.txt"), "more\n");
    fixture.git(repository, "add", ".");
    fixture.git(repository, "commit", "--quiet", "--message=Go on");
    String prepared = containers().get(0);

    Sandbox sandbox = dispense.create(spec().build());

    assertThat(sandbox.info().id()).contains(prepared);
    assertThat(
            out(sandbox, "git status --porcelain && git log --format=%s && cat file.txt more.txt"))
        .isEqualTo("Go on\nBegin\nnewer\nmore");
    out(sandbox, "echo work >> file.txt && git commit -qam Work && echo left > left.txt");
    Changes changes = sandbox.changes();
    assertThat(changes.commits()).map(Changes.Commit::subject).containsExactly("Work");
    assertThat(changes.files())
        .map(Changes.FileChange::path)
        .containsExactly("file.txt", "left.txt");
    assertThat(sandbox.delete().kept()).isPresent();
    assertThat(fixture.git(repository, "show", "refs/dispense/" + name + "/work:left.txt"))
        .isEqualTo("left");
  }

  @Test
  void uncommittedChangesAreInItWhenTheyAreAskedFor() throws Exception {
    prepare(1);
    Files.writeString(repository.resolve("file.txt"), "not committed\n");

    Sandbox sandbox =
        dispense.create(spec().source(Source.directory(repository).withUncommitted()).build());

    assertThat(out(sandbox, "cat file.txt && git status --porcelain")).isEqualTo("not committed");
    sandbox.forceDelete();
    fixture.git(repository, "checkout", "--quiet", "--", "file.txt");
  }

  @Test
  void itSurvivesAStopAndAStart() throws Exception {
    prepare(1);
    Sandbox sandbox = dispense.create(spec().build());
    out(sandbox, "echo kept > kept.txt");

    sandbox.stop(Duration.ZERO);
    sandbox.start();

    assertThat(out(sandbox, "cat kept.txt && git log --format=%s")).isEqualTo("kept\nBegin");
    sandbox.forceDelete();
  }

  @Test
  void oneThatDoesNotFitIsLeftAlone() throws Exception {
    prepare(1);
    String prepared = containers().get(0);

    Sandbox other = dispense.create(spec().resources(Resources.DEFAULT.withCpus(1)).build());

    assertThat(other.info().id()).isPresent().get().isNotEqualTo(prepared);
    assertThat(containers()).contains(prepared);
    other.forceDelete();
  }

  @Test
  void oneThatSomebodyRemovedIsReplacedByANewOne() throws Exception {
    prepare(1);
    DockerCommand.output("rm", "--force", containers().get(0));

    Sandbox sandbox = dispense.create(spec().build());

    assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.RUNNING);
    assertThat(prepared()).isEmpty();
    sandbox.forceDelete();
  }

  @Test
  void aNameThatIsTakenLeavesThePreparedOneForTheNext() throws Exception {
    Sandbox first = dispense.create(spec().build());
    prepare(1);

    assertThatThrownBy(() -> dispense.create(spec().build()))
        .isInstanceOf(NameTakenException.class);

    assertThat(containers()).hasSize(2);
    first.forceDelete();
  }

  @Test
  void whatCannotBePreparedIsRefused() {
    dispense.create(spec().build()).forceDelete();
    SandboxSpec empty = SandboxSpec.builder(name).source(Source.empty()).build();
    assertThatThrownBy(() -> dispense.fillPool(empty, 1, Progress.Listener.NONE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("git repository");
  }

  @Test
  void aServiceAlwaysHasTwoReady() throws Exception {
    try (Dispense service =
        Dispense.builder()
            .environment(
                fixture
                    .environment()
                    .withSetting("provider", "docker")
                    .withSetting("agent", ScriptedAgent.ID))
            .plugin(ScriptedAgent.builder().succeed("Done.").build())
            .poolSize(2)
            .build()) {
      List<TaskInfo> ends = AlwaysReady.run(service, repository, List.of("One", "Two", "Three"));

      assertThat(ends).map(TaskInfo::state).containsOnly(TaskInfo.State.SUCCEEDED);
    }
    assertThat(containers().size()).isBetween(1, 2);
  }

  private boolean isMine(SandboxInfo info) {
    return info.name().value().equals(name)
        || info.directory().filter(it -> it.startsWith(fixture.directory())).isPresent();
  }

  private static String out(Sandbox sandbox, String script) {
    var result = sandbox.exec(Command.of("sh", "-c", script));
    assertThat(result.exitCode()).as(result.stderr()).isZero();
    return result.stdout().strip();
  }
}
