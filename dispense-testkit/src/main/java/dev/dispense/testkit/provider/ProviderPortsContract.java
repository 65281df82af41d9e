package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.support.DaemonThread;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A port of the sandbox can be connected to from this machine. */
abstract class ProviderPortsContract extends ProviderPart {
  ProviderPortsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void aConnectionCarriesBytesBothWays() throws IOException {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    startServer(machine, port);
    byte[] sent = new byte[1 << 20];
    new Random(3).nextBytes(sent);

    assertThat(echo(machine, port, sent)).isEqualTo(sent);
    assertThat(echo(machine, port, new byte[] {4, 5})).containsExactly(4, 5);
  }

  @Test
  void aConnectionOfAnInterruptedThreadIsCut() throws Exception {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    startServer(machine, port);
    CountDownLatch answered = new CountDownLatch(1);
    PipedOutputStream sent = new PipedOutputStream();
    InputStream in = new PipedInputStream(sent);
    FutureTask<Throwable> connection =
        new FutureTask<>(
            () ->
                catchThrowable(
                    () -> provider().connect(machine.id(), port, in, counting(answered))));
    Thread thread = DaemonThread.start("connection", connection);
    sent.write(7);
    sent.flush();
    assertThat(answered.await(ContractMachine.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

    thread.interrupt();

    assertThat(connection.get(ContractMachine.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(DispenseException.class);
  }

  @Test
  void aConnectionToAPortOnWhichNothingListensEndsAtOnce() throws IOException {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    assertThat(echo(machine, port, new byte[] {1})).isEmpty();
  }

  private boolean refused(ContractMachine machine, int port) {
    if (contract.can(Capability.PORT_FORWARDING)) {
      return false;
    }
    assertThatThrownBy(() -> echo(machine, port, new byte[0])).isInstanceOf(RefusedException.class);
    return true;
  }

  private void startServer(ContractMachine machine, int port) {
    Command server = Command.of(contract.echoServer(port));
    OutputStream nowhere = OutputStream.nullOutputStream();
    FutureTask<Integer> unused =
        ContractMachine.inBackground(
            () -> provider().exec(machine.id(), server, Streams.of(nowhere, nowhere)));
    byte[] one = {1};
    ContractMachine.await(
        "the server to answer", () -> Arrays.equals(echo(machine, port, one), one));
  }

  private byte[] echo(ContractMachine machine, int port, byte[] bytes) {
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    provider().connect(machine.id(), port, new ByteArrayInputStream(bytes), back);
    return back.toByteArray();
  }

  private static OutputStream counting(CountDownLatch bytes) {
    return new OutputStream() {
      @Override
      public void write(int value) {
        bytes.countDown();
      }
    };
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
