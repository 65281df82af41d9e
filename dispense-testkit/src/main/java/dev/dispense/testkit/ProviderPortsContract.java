package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Forwarding;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A port of the sandbox is reached through one of this machine. */
abstract class ProviderPortsContract extends ProviderPart {
  ProviderPortsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void aForwardedPortCarriesBytesBothWays() throws IOException {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    startServer(machine, port);
    byte[] sent = new byte[1 << 20];
    new Random(3).nextBytes(sent);
    try (Forwarding forwarding = provider().forward(machine.id(), port)) {
      assertThat(forwarding.address().getAddress().isLoopbackAddress()).isTrue();
      ContractMachine.await(
          "the server to answer",
          () -> Arrays.equals(echo(forwarding, new byte[] {1}), new byte[] {1}));
      assertThat(echo(forwarding, sent)).isEqualTo(sent);
      assertThat(echo(forwarding, new byte[] {4, 5})).containsExactly(4, 5);
    }
  }

  @Test
  void closingAForwardingCutsItsConnectionsAndFreesItsPort() throws IOException {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    startServer(machine, port);
    Forwarding forwarding = provider().forward(machine.id(), port);
    InetSocketAddress address = forwarding.address();
    ContractMachine.await(
        "the server to answer",
        () -> Arrays.equals(echo(forwarding, new byte[] {1}), new byte[] {1}));
    try (Socket open = new Socket(address.getAddress(), address.getPort())) {
      open.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
      open.getOutputStream().write(7);
      assertThat(open.getInputStream().read()).isEqualTo(7);
      forwarding.close();
      forwarding.close();
      assertThat(isCut(open)).isTrue();
    }
    assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPortOnWhichNothingListensClosesItsConnections() throws IOException {
    ContractMachine machine = create();
    int port = freePort();
    if (refused(machine, port)) {
      return;
    }
    try (Forwarding forwarding = provider().forward(machine.id(), port)) {
      assertThat(echo(forwarding, new byte[] {1})).isEmpty();
    }
  }

  private boolean refused(ContractMachine machine, int port) {
    if (contract.can(Capability.PORT_FORWARDING)) {
      return false;
    }
    assertThatThrownBy(() -> provider().forward(machine.id(), port))
        .isInstanceOf(RefusedException.class);
    return true;
  }

  private void startServer(ContractMachine machine, int port) {
    Command server = Command.of(contract.echoServer(port));
    OutputStream nowhere = OutputStream.nullOutputStream();
    FutureTask<Integer> unused =
        ContractMachine.inBackground(
            () -> provider().exec(machine.id(), server, Streams.of(nowhere, nowhere)));
  }

  private static byte[] echo(Forwarding forwarding, byte[] bytes) {
    InetSocketAddress address = forwarding.address();
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
      FutureTask<Boolean> sent =
          ContractMachine.inBackground(
              () -> {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                return true;
              });
      byte[] back = socket.getInputStream().readAllBytes();
      sent.get(60, TimeUnit.SECONDS);
      return back;
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("what was sent was not read in time", e);
    } catch (IOException | ExecutionException e) {
      return new byte[0]; // refused or reset: nothing came back
    }
  }

  private static boolean isCut(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
