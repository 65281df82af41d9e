package dev.dispense.git.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.git.TestHost;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GitTest {
  @TempDir Path temporary;
  private TestHost test;

  @BeforeEach
  void makeHost() throws IOException {
    test = TestHost.in(temporary);
  }

  private Environment hostWithPath(String path) {
    Environment host = test.host();
    return Environment.in(host.userHome())
        .withVariables(Map.of("PATH", path))
        .withStateDirectory(host.stateDirectory())
        .withCacheDirectory(host.cacheDirectory())
        .withUserName(host.userName())
        .withClock(host.clock());
  }

  private Path program(String script) throws IOException {
    Path directory = test.directory("bin");
    Path program = directory.resolve("git");
    Files.writeString(program, "#!/bin/sh\n" + script);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return directory;
  }

  @Test
  void withoutGitOnThePathItSaysWhatToInstall() {
    assertThatThrownBy(() -> Git.of(hostWithPath("/nonexistent:"), temporary).run("version"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Install git 2.34 or newer");
  }

  @Test
  void aGitThatIsTooOldIsUnavailable() throws IOException {
    for (String version : List.of("2.33.8", "1.99", "x")) {
      Path path = program("echo git version " + version);
      assertThatThrownBy(() -> Git.of(hostWithPath(path.toString()), temporary).requireVersion())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(version);
    }
    for (String version : List.of("2.34.1", "2.39.5 (Apple Git-154)", "2.50.0.windows.1", "3.0")) {
      Path path = program("echo 'git version " + version + "'");
      Git.of(hostWithPath(path.toString()), temporary).requireVersion();
    }
  }

  @Test
  void variablesOfTheCallerDoNotReachGit() {
    Path repository = test.repository("project");

    assertThat(Git.of(test.host(), repository).run("rev-parse", "--absolute-git-dir"))
        .isEqualTo(repository.resolve(".git").toString());
  }

  @Test
  void sealedGitReadsNoConfigurationOfTheUser() {
    Git git = Git.of(test.host(), temporary);

    assertThat(git.run("config", "user.name")).isEqualTo("Ada");
    assertThat(git.sealed().tryRun("config", "user.name").isSuccess()).isFalse();
  }

  @Test
  void anInterruptKillsGit() throws Exception {
    Path path =
        program(
            "echo $$ > '"
                + temporary
                + "/pid.new'; mv '"
                + temporary
                + "/pid.new' '"
                + temporary
                + "/pid'; sleep 1000");
    Git git = Git.of(hostWithPath(path + ":" + System.getenv("PATH")), temporary);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch interrupted = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              try {
                git.run("version");
              } catch (DispenseException e) {
                thrown.set(e);
                if (Thread.currentThread().isInterrupted()) {
                  interrupted.countDown();
                }
              }
            });
    caller.start();
    while (!Files.exists(temporary.resolve("pid"))) {
      LockSupport.parkNanos(5_000_000);
    }
    long pid = Long.parseLong(Files.readString(temporary.resolve("pid")).strip());

    caller.interrupt();
    caller.join();

    assertThat(thrown.get()).hasMessageContaining("Interrupted while running git version");
    assertThat(interrupted.getCount()).isZero();
    ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
  }

  @Test
  void aStreamThatFailsKillsGit() throws IOException {
    Path path = program("yes");
    Git git = Git.of(hostWithPath(path + ":" + System.getenv("PATH")), temporary);

    assertThatThrownBy(
            () ->
                git.stream(
                    new OutputStream() {
                      @Override
                      public void write(int value) throws IOException {
                        throw new IOException("full");
                      }
                    },
                    "version"))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("full");
  }

  @Test
  void whatIsGatheredHasALimit() throws IOException {
    Path path = program("head -c 100000000 /dev/zero");
    Git git = Git.of(hostWithPath(path + ":" + System.getenv("PATH")), temporary);

    assertThatThrownBy(() -> git.run("version")).hasMessageContaining("longer than");
  }

  @Test
  void aGitThatDoesNotReadItsInputIsNoFailure() throws IOException {
    Path path = program("exit 3");
    Git git = Git.of(hostWithPath(path.toString()), temporary);
    InputStream input = new ByteArrayInputStream(new byte[10_000_000]);

    assertThat(git.tryRun(input, List.of("version")).exitCode()).isEqualTo(3);
  }

  @Test
  void aLockIsWaitedFor() throws IOException {
    Path path =
        program(
            "if mkdir '"
                + temporary
                + "/once' 2>/dev/null; then"
                + " echo \"fatal: Unable to create '/x.lock': File exists.\" >&2; exit 128; fi;"
                + " echo done");
    Git git = Git.of(hostWithPath(path + ":" + System.getenv("PATH")), temporary);

    assertThat(git.retrying("version").line()).isEqualTo("done");
  }
}
