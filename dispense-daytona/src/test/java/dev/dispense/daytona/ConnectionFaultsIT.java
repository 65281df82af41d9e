package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.http.Sleeper;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.Archive;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.daytona.cloud.Faults;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The network breaks while something is under way. */
@RequiresDocker
@ExtendWith(LeakCheck.class)
@RequiresProgram("docker")
class ConnectionFaultsIT {
  @RegisterExtension static final FakeService SERVICE = new FakeService();

  private static final String EXECUTION = "POST .*/process/execute";
  private static final String DOWNLOAD = "GET .*/files/download";
  private static final String UPLOAD = "POST .*/files/bulk-upload";
  private static final int MEBIBYTE = 1 << 20;

  @TempDir Path home;
  private SandboxProvider provider;
  private Machine machine;

  @BeforeEach
  void create() {
    Environment host = SERVICE.host(home);
    Sleeper quick = duration -> Thread.sleep(Math.min(20, duration.toMillis()));
    provider =
        new DaytonaProvider(host, new AccessDiscovery(host).find(), quick, Duration.ofSeconds(5));
    machine = provider.create(FakeService.spec("cut"), Progress.Listener.NONE);
  }

  @AfterEach
  void delete() {
    provider.delete(machine.id());
    provider.close();
  }

  private static Faults faults() {
    return SERVICE.daytona().faults();
  }

  private byte[] output(String script, InputStream stdin) {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    int code =
        provider.exec(
            machine.id(),
            Command.of("sh", "-c", script),
            Streams.of(stdin, stdout, OutputStream.nullOutputStream()));
    assertThat(code).isZero();
    return stdout.toByteArray();
  }

  private String output(String script) {
    return new String(output(script, InputStream.nullInputStream()), StandardCharsets.UTF_8);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void aLogIsFollowedWithoutGapsOrRepetitions() {
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      expected.append("line ").append(i).append('\n');
    }
    for (int i = 0; i < 6; i++) {
      faults().cutAnswer(EXECUTION, 23L * i);
      faults().loseAnswer(EXECUTION);
      faults().refuse(EXECUTION, 1, 502, "");
    }

    assertThat(output("i=0; while [ $i -lt 40 ]; do echo line $i; i=$((i + 1)); sleep 0.1; done"))
        .isEqualTo(expected.toString());
  }

  @Test
  void muchOutputSurvivesCuts() {
    for (long cut : new long[] {0, 1, 1000, MEBIBYTE, 2 * MEBIBYTE}) {
      faults().cutAnswer(EXECUTION, cut);
    }
    byte[] bytes =
        output("head -c 6000000 /dev/urandom | tee /tmp/sent", InputStream.nullInputStream());

    assertThat(bytes).hasSize(6_000_000);
    assertThat(output("sha256sum </tmp/sent"))
        .isEqualTo(
            new String(
                output("sha256sum", new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8));
  }

  @Test
  void anInputThatIsCutAnywhereArrivesOnce() {
    byte[] bytes = random(9 * MEBIBYTE);
    for (long cut : new long[] {0, 100, 400, 100_000, MEBIBYTE}) {
      faults().cutRequest(UPLOAD, cut);
    }
    faults().loseAnswer(UPLOAD);
    faults().refuse(UPLOAD, 1, 502, "");

    assertThat(output("cat", new ByteArrayInputStream(bytes))).isEqualTo(bytes);
  }

  @Test
  void filesThatAreCutOnTheWayArriveWhole() throws IOException {
    Path tree = Files.createDirectories(home.resolve("tree"));
    Files.write(tree.resolve("file"), random(20 * MEBIBYTE));
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archive.pack(tree, tar);
    faults().cutRequest(UPLOAD, 300_000);
    faults().loseAnswer(UPLOAD);
    faults().loseAnswer(EXECUTION);
    provider.upload(machine.id(), "/workspace/up", new ByteArrayInputStream(tar.toByteArray()));

    faults().cutAnswer(EXECUTION, 20);
    faults().loseAnswer(EXECUTION);
    for (long cut : new long[] {0, 1, 700_000}) {
      faults().cutAnswer(DOWNLOAD, cut);
    }
    faults().loseAnswer(DOWNLOAD);
    faults().refuse(DOWNLOAD, 1, 502, "");
    Path back = Files.createDirectories(home.resolve("back"));
    try (InputStream in = provider.download(machine.id(), "/workspace/up")) {
      Archive.unpack(in, back, Archive.Limits.DEFAULT);
    }
    assertThat(back.resolve("up/file")).hasSameBinaryContentAs(tree.resolve("file"));
    awaitNothingLeft();
  }

  @Test
  void aDownloadThatIsClosedEarlyLeavesNoTar() throws IOException {
    String unused =
        output("mkdir /workspace/big; head -c 80000000 /dev/urandom >/workspace/big/file");
    try (InputStream in = provider.download(machine.id(), "/workspace/big")) {
      assertThat(in.readNBytes(1000)).hasSize(1000);
    }

    assertThat(output("cat /proc/[0-9]*/comm | grep -c '^tar$' || true")).isEqualTo("0\n");
  }

  @Test
  void aDownloadFromASandboxThatIsStoppedMeanwhileSaysSo() {
    String unused =
        output("mkdir /workspace/big; head -c 80000000 /dev/urandom >/workspace/big/file");
    assertThatThrownBy(
            () -> {
              try (InputStream in = provider.download(machine.id(), "/workspace/big")) {
                provider.stop(machine.id(), Duration.ZERO);
                in.transferTo(OutputStream.nullOutputStream());
              }
            })
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("is stopped");
  }

  /** What is left of a command is removed by one of the next. */
  private void awaitNothingLeft() {
    String left = "?";
    for (int i = 0; i < 20 && !left.isEmpty(); i++) {
      left = output("find /tmp /dev/shm -name 'in.*' -o -name '*.launch'");
    }
    assertThat(left).isEmpty();
  }

  @Test
  void aToolboxThatDoesNotAnswerIsToldAfterAWhile() {
    faults().killToolbox(machine.id());

    assertThatThrownBy(() -> output("echo never"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("Tried to run 'sh' in the sandbox but failed because ");
    faults().reviveToolbox(machine.id());
    assertThat(output("echo again")).isEqualTo("again\n");
  }

  @Test
  void aCommandWhoseSandboxIsStoppedIsNotWaitedFor() {
    assertThatThrownBy(() -> runUntil(() -> provider.stop(machine.id(), Duration.ZERO)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("is stopped");
    provider.start(machine.id());
    assertThat(output("ls -d /dev/shm/dispense")).isEqualTo("/dev/shm/dispense\n");
  }

  @Test
  void aCommandWhoseSandboxIsDeletedIsNotWaitedFor() {
    assertThatThrownBy(() -> runUntil(() -> provider.delete(machine.id())))
        .isInstanceOf(NotFoundException.class);
  }

  /** Runs a command that does not end, and does something when it has begun. */
  private void runUntil(Runnable begun) {
    OutputStream stdout =
        new OutputStream() {
          @Override
          public void write(int b) {
            if (b == '\n') {
              begun.run();
            }
          }
        };
    int unused =
        provider.exec(
            machine.id(),
            Command.of("sh", "-c", "echo begun; sleep 600"),
            Streams.of(stdout, OutputStream.nullOutputStream()));
  }
}
