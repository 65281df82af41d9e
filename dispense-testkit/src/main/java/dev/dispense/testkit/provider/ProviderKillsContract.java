package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is cut off dies in the sandbox with all that it started; what is not, lives. */
abstract class ProviderKillsContract extends ProviderPart {
  // A child in the same session, one that left it, and the command itself; none of them heeds
  // SIGTERM or SIGHUP.
  private static final String FAMILY =
      "trap '' TERM HUP; sh -c 'echo $$ > child; exec sleep 3600' &"
          + " setsid sh -c 'echo $$ > daemon; exec sleep 3600' &"
          + " until test -s child && test -s daemon; do sleep 0.05; done;"
          + " echo $$ > parent; echo started; sleep 3600; echo over";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  ProviderKillsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void aCommandWhoseTimeIsUpIsKilledWithAllThatItStarted() {
    ContractMachine machine = create();
    Command command = ContractMachine.script(FAMILY).within(Duration.ofSeconds(4));

    assertThatThrownBy(() -> machine.run(command)).isInstanceOf(TimedOutException.class);
    assertFamilyIsDead(machine);
  }

  @Test
  void aCommandThatEndsInTimeIsNotKilled() {
    Command command = ContractMachine.script("echo in time").within(Duration.ofSeconds(60));

    assertThat(create().run(command).stdout()).isEqualTo("in time\n");
  }

  @Test
  void anInterruptKillsAllThatTheCommandStartedAndKeepsTheFlag() throws InterruptedException {
    ContractMachine machine = create();
    AtomicBoolean flag = new AtomicBoolean();
    FutureTask<Throwable> exec =
        new FutureTask<>(
            () -> {
              Throwable thrown = catchThrowable(() -> machine.sh(FAMILY));
              flag.set(Thread.currentThread().isInterrupted());
              return thrown;
            });
    Thread thread = new Thread(exec, "interrupted");
    thread.start();
    machine.processId(machine.path("parent"));
    thread.interrupt();

    assertThat(ContractMachine.result(exec)).isInstanceOf(DispenseException.class);
    assertThat(flag).isTrue();
    assertFamilyIsDead(machine);
  }

  @Test
  void aSinkThatFailsKillsAllThatTheCommandStarted() {
    ContractMachine machine = create();
    IOException failure = new IOException("the reader went away");
    OutputStream sink = failing(failure);

    assertThatThrownBy(
            () ->
                provider()
                    .exec(machine.id(), ContractMachine.script(FAMILY), Streams.of(sink, sink)))
        .isInstanceOf(DispenseException.class)
        .hasRootCause(failure);
    assertFamilyIsDead(machine);
  }

  @Test
  void muchOutputOfACommandWhoseSinkFailedHoldsUpNothing() {
    ContractMachine machine = create();
    IOException failure = new IOException("the reader went away");
    OutputStream sink = failing(failure);
    Command command = ContractMachine.script("echo $$ > parent; head -c 3000000 /dev/zero");

    assertTimeoutPreemptively(
        PATIENCE,
        () -> {
          assertThatThrownBy(() -> provider().exec(machine.id(), command, Streams.of(sink, sink)))
              .hasRootCause(failure);
          assertThat(machine.output("echo next")).isEqualTo("next\n");
        });
  }

  @Test
  void aSinkThatBlocksHoldsUpNoTimeOut() {
    ContractMachine machine = create();
    CountDownLatch over = new CountDownLatch(1);
    OutputStream sink =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            try {
              over.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    Command command =
        ContractMachine.script("head -c 3000000 /dev/zero").within(Duration.ofSeconds(2));

    try {
      assertTimeoutPreemptively(
          PATIENCE,
          () -> {
            assertThatThrownBy(() -> provider().exec(machine.id(), command, Streams.of(sink, sink)))
                .isInstanceOf(TimedOutException.class);
            assertThat(machine.output("echo next")).isEqualTo("next\n");
          });
    } finally {
      over.countDown();
    }
  }

  @Test
  void aSourceThatFailsKillsAllThatTheCommandStarted() {
    ContractMachine machine = create();
    IOException failure = new IOException("the writer went away");
    InputStream source =
        new InputStream() {
          @Override
          public int read() throws IOException {
            machine.processId(machine.path("parent"));
            throw failure;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            return read();
          }
        };
    OutputStream sink = OutputStream.nullOutputStream();

    assertThatThrownBy(
            () ->
                provider()
                    .exec(
                        machine.id(),
                        ContractMachine.script(FAMILY),
                        Streams.of(source, sink, sink)))
        .isInstanceOf(DispenseException.class)
        .hasRootCause(failure);
    assertFamilyIsDead(machine);
  }

  @Test
  void killingOneCommandLeavesTheOthers() {
    ContractMachine machine = create();
    String other = startDaemon(machine, "other");
    Command command = ContractMachine.script("sleep 3600").within(Duration.ofSeconds(1));

    assertThatThrownBy(() -> machine.run(command)).isInstanceOf(TimedOutException.class);
    assertThat(machine.isAlive(other)).isTrue();
  }

  @Test
  void whatACommandLeavesBehindDetachedGoesOn() {
    ContractMachine machine = create();
    String daemon = startDaemon(machine, "daemon");

    assertThat(machine.isAlive(daemon)).isTrue();
    machine.output("echo > end");
    ContractMachine.await("the daemon to end", () -> !machine.isAlive(daemon));
    assertThat(machine.output("cat daemon-ended")).isEqualTo("by itself\n");
  }

  private static String startDaemon(ContractMachine machine, String name) {
    machine.output(
        "setsid sh -c 'echo $$ > \"$1\"; until test -e end; do sleep 0.05; done;"
            + " echo by itself > \"$1-ended\"' sh \"$1\" > /dev/null 2>&1 < /dev/null &",
        name);
    return machine.processId(machine.path(name));
  }

  private static OutputStream failing(IOException failure) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw failure;
      }
    };
  }

  private static void assertFamilyIsDead(ContractMachine machine) {
    for (String member : new String[] {"parent", "child", "daemon"}) {
      String processId = machine.processId(machine.path(member));
      assertThat(machine.isAlive(processId)).as(member).isFalse();
    }
  }
}
