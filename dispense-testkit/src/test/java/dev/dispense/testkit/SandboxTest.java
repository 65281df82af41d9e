package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NameTakenException;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.UnavailableException;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.unisolated.UnisolatedProviderFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How sandboxes are made and removed, and what is left of those that fail. */
class SandboxTest {
  @TempDir Path root;
  private final MemorySource source = new MemorySource();
  private Dispense dispense;

  @BeforeEach
  void open() {
    Environment host =
        Environment.in(root)
            .withVariables(Map.of("PATH", System.getenv("PATH")))
            .withSettings(Map.of("provider", "unisolated-for-tests", "agent", "prompt-shell"))
            .withStateDirectory(root.resolve("state"))
            .withCacheDirectory(root.resolve("cache"))
            .withUserName("ada");
    dispense =
        Dispense.builder()
            .environment(host)
            .plugin(factory())
            .plugin(source)
            .plugin(new PromptShell())
            .build();
  }

  private SandboxProvider.Factory factory() {
    return new UnisolatedProviderFactory(root.resolve("machines"));
  }

  @AfterEach
  void leavesNothing() throws IOException {
    assertThat(dispense.list()).isEmpty();
    assertThat(source.checkedOut).isZero();
    try (Stream<Path> left = Files.list(root.resolve("state/sandboxes"))) {
      assertThat(left).isEmpty();
    }
    dispense.close();
  }

  private static SandboxSpec spec(String name) {
    return SandboxSpec.builder(name).source(Source.of("memory", "here")).build();
  }

  @Test
  void holdsItsSourceAndSaysWhatItIs() {
    try (Sandbox sandbox = dispense.create(spec("one"))) {
      assertThat(sandbox.exec(Command.of("cat", "file")).stdout()).isEqualTo("content");
      SandboxInfo info = dispense.list().get(0);
      assertThat(info).isEqualTo(sandbox.info());
      assertThat(info.name()).isEqualTo(new SandboxName("one"));
      assertThat(info.state()).isEqualTo(SandboxInfo.State.RUNNING);
      assertThat(info.owner()).isEqualTo("ada");
      assertThat(info.branch()).contains("b");
      assertThat(info.source()).contains(Source.of("memory", "here"));
      sandbox.delete();
    }
  }

  @Test
  void isFoundByItsExactNameOrItsIdOnly() {
    Sandbox sandbox = dispense.create(spec("one-more"));
    String id = sandbox.info().id().orElseThrow();
    assertThat(dispense.sandbox("one-more").name()).isEqualTo(sandbox.name());
    assertThat(dispense.sandbox(id).name()).isEqualTo(sandbox.name());
    for (String other : List.of("one", "one-mor", "ne-more", "one-more-", "ONE-MORE", "", "*")) {
      assertThatThrownBy(() -> dispense.sandbox(other)).isInstanceOf(NotFoundException.class);
    }
    sandbox.delete();
  }

  @Test
  void keepsItsNameToItself() {
    Sandbox sandbox = dispense.create(spec("one"));
    assertThatThrownBy(() -> dispense.create(spec("one"))).isInstanceOf(NameTakenException.class);
    assertThat(sandbox.exec(Command.of("cat", "file")).stdout()).isEqualTo("content");
    sandbox.delete();
  }

  @Test
  void goesToExactlyOneOfTwoWhoWantTheName() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    Thread[] threads = new Thread[6];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                try {
                  start.await();
                  dispense.create(spec("wanted"));
                } catch (RuntimeException | InterruptedException e) {
                  failures.add(e);
                }
              });
      threads[i].start();
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).hasSize(5).allMatch(NameTakenException.class::isInstance);
    dispense.sandbox("wanted").delete();
  }

  @Test
  void leavesNothingWhenItsSourceFails() {
    source.onCheckout =
        () -> {
          throw new NotFoundException("no such base");
        };
    assertThatThrownBy(() -> dispense.create(spec("one"))).hasMessage("no such base");
  }

  @Test
  void leavesNothingWhenItsMachineCannotBeMade() {
    SandboxSpec spec =
        SandboxSpec.builder("one")
            .source(Source.of("memory", ""))
            .network(NetworkPolicy.NONE)
            .build();
    assertThatThrownBy(() -> dispense.create(spec)).isInstanceOf(RefusedException.class);
  }

  @Test
  void leavesNothingWhenItsWorkspaceCannotBeSetUp() {
    source.setup = Command.of("sh", "-c", "echo no room >&2; exit 3");
    assertThatThrownBy(() -> dispense.create(spec("one")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("exit code 3")
        .hasMessageContaining("no room");
  }

  @Test
  void leavesNothingWhenItsImageLacksAProgramThatTheSourceNeeds() {
    source.programs = List.of("sh", "no-such-vcs");
    assertThatThrownBy(() -> dispense.create(spec("one")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("has no no-such-vcs");
  }

  @Test
  void leavesNothingWhenItIsInterrupted() throws Exception {
    source.setup = Command.of("sleep", "100");
    CountDownLatch reached = new CountDownLatch(1);
    source.onCheckout = reached::countDown;
    boolean[] flag = new boolean[1];
    Thread creator =
        new Thread(
            () -> {
              assertThatThrownBy(() -> dispense.create(spec("one")))
                  .isInstanceOf(DispenseException.class);
              flag[0] = Thread.currentThread().isInterrupted();
            });
    creator.start();
    reached.await();
    creator.interrupt();
    creator.join(Duration.ofSeconds(30).toMillis());
    assertThat(creator.isAlive()).isFalse();
    assertThat(flag[0]).isTrue();
  }

  @Test
  void isNotDeletedWhileItIsCreated() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    source.onCheckout =
        () -> {
          reached.countDown();
          awaitQuietly(goOn);
        };
    Thread creator = new Thread(() -> dispense.create(spec("one")));
    creator.start();
    reached.await();
    Sandbox unfinished = dispense.sandbox("one");
    assertThat(dispense.list().get(0).state()).isEqualTo(SandboxInfo.State.PENDING);
    assertThatThrownBy(unfinished::delete)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is just being created");
    assertThatThrownBy(unfinished::forceDelete).isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> unfinished.exec(Command.of("true")))
        .isInstanceOf(UnavailableException.class);
    goOn.countDown();
    creator.join();
    dispense.sandbox("one").delete();
  }

  @Test
  void canBeDeletedByNameWhenItsCreationCouldNotBeUndone() {
    source.setup = Command.of("false");
    source.onRemove =
        () -> {
          throw new DispenseException("The disk is full.");
        };
    assertThatThrownBy(() -> dispense.create(spec("one")))
        .isInstanceOf(UnavailableException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(dispense.list().get(0).state()).isEqualTo(SandboxInfo.State.GONE);
    source.onRemove = () -> {};
    dispense.sandbox("one").delete();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWhatItDoesNotKnowBeforeAnythingIsMade() throws IOException {
    assertThatThrownBy(() -> dispense.create(SandboxSpec.builder("a").agent("x").build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("There is no agent 'x'");
    assertThatThrownBy(() -> dispense.create(SandboxSpec.builder("a").provider("x").build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("There is no provider 'x'");
    assertThatThrownBy(
            () -> dispense.create(SandboxSpec.builder("a").source(Source.of("x", "")).build()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("There is no source 'x'");
    Files.createDirectories(root.resolve("state/sandboxes"));
  }

  @Test
  void tellsWhereItsWorkIsKeptWhenItIsDeleted() {
    Sandbox sandbox = dispense.create(spec("one"));
    source.keep = () -> Optional.of("under the sofa");
    assertThat(sandbox.delete())
        .isEqualTo(new Sandbox.DeleteResult(new SandboxName("one"), Optional.of("under the sofa")));
    assertThat(sandbox.delete().kept()).isEmpty();
    source.checkedOut = 0;
  }

  @Test
  void isNotDeletedWhenItsWorkCannotBeKept() {
    Sandbox sandbox = dispense.create(spec("one"));
    source.keep =
        () -> {
          throw new RefusedException("It is broken.");
        };
    assertThatThrownBy(sandbox::delete)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("It is broken.")
        .extracting(failure -> ((DispenseException) failure).hint().orElseThrow())
        .isEqualTo(new DispenseException.Hint.ForceDelete(sandbox.name()));
    assertThat(sandbox.exec(Command.of("true")).isSuccess()).isTrue();
    sandbox.forceDelete();
  }

  @Test
  void isDeletedWhenItIsStopped() {
    Sandbox sandbox = dispense.create(spec("one"));
    sandbox.stop(Duration.ZERO);
    assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.STOPPED);
    assertThatThrownBy(() -> sandbox.exec(Command.of("true")))
        .isInstanceOf(UnavailableException.class);
    sandbox.delete();
  }

  @Test
  void isGoneWhenItsMachineWasRemovedAndCanStillBeDeleted() {
    Sandbox sandbox = dispense.create(spec("one"));
    String id = sandbox.info().id().orElseThrow();
    try (SandboxProvider provider = factory().open(dispense.environment())) {
      provider.delete(id);
    }
    assertThatThrownBy(() -> sandbox.exec(Command.of("true")))
        .isInstanceOf(NotFoundException.class);
    SandboxInfo info = dispense.list().get(0);
    assertThat(info.state()).isEqualTo(SandboxInfo.State.GONE);
    assertThat(info.id()).isEmpty();
    assertThat(info.owner()).isEqualTo("ada");
    Sandbox gone = dispense.sandbox("one");
    assertThatThrownBy(() -> gone.exec(Command.of("true")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("is gone");
    assertThatThrownBy(() -> dispense.create(spec("one"))).isInstanceOf(NameTakenException.class);
    gone.delete();
  }

  @Test
  void isDeletedAfterItsBodyHoweverThatEnds() {
    String text =
        dispense.withSandbox(
            spec("one"), sandbox -> sandbox.exec(Command.of("cat", "file")).stdout());
    assertThat(text).isEqualTo("content");
    assertThatThrownBy(
            () ->
                dispense.withSandbox(
                    spec("two"),
                    sandbox -> {
                      throw new IllegalStateException("body");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("body");
  }

  @Test
  void movesDirectoriesInAndOut() throws IOException {
    Path in = Files.createDirectories(root.resolve("in/deep"));
    Files.writeString(in.resolve("ü b"), "text");
    Path out = Files.createDirectory(root.resolve("out"));
    dispense.withSandbox(
        spec("one"),
        sandbox -> {
          String workspace = sandbox.exec(Command.of("pwd")).stdout().strip();
          sandbox.upload(root.resolve("in"), workspace + "/new");
          sandbox.download(workspace + "/new", out);
          return "";
        });
    assertThat(out.resolve("new/deep/ü b")).hasContent("text");
  }
}
