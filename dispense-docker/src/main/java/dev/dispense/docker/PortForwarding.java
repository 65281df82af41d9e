package dev.dispense.docker;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Forwarding;
import dev.dispense.ShellScript;
import dev.dispense.Streams;
import dev.dispense.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forwards a loopback port of this machine to one of a container. Each connection is relayed by a
 * command in the container, as its address cannot be reached from macOS and Windows, and a port
 * cannot be published once it exists.
 */
final class PortForwarding implements Forwarding {
  private static final Logger LOG = LoggerFactory.getLogger(PortForwarding.class);
  private static final String SCRIPT = ShellScript.read(Scripts.class, "relay.sh");
  private static final int BACKLOG = 64;

  private final Engine engine;
  private final String machineId;
  private final int port;
  private final ServerSocket server;
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final CountDownLatch freed = new CountDownLatch(1);

  private PortForwarding(Engine engine, String machineId, int port, ServerSocket server) {
    this.engine = engine;
    this.machineId = machineId;
    this.port = port;
    this.server = server;
  }

  /** Starts to forward. */
  static PortForwarding open(Engine engine, String machineId, int port) {
    try {
      ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
      PortForwarding forwarding = new PortForwarding(engine, machineId, port, server);
      engine.fork(forwarding::accept);
      return forwarding;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to forward port "
              + port
              + " of the sandbox but failed because no loopback port can"
              + " be opened: "
              + Text.printable(String.valueOf(e.getMessage()), 200)
              + ".",
          e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        clients.add(client);
        engine.fork(() -> relay(client));
      } catch (IOException e) {
        LOG.debug("Forwarding of port {} ended", port, e);
      }
    }
    freed.countDown();
    clients.forEach(PortForwarding::cut);
  }

  private void relay(Socket client) {
    Command relay = Command.of(List.of("sh", "-c", SCRIPT, "sh", Integer.toString(port))).in("/");
    try (client) {
      client.setTcpNoDelay(true);
      Exec.run(
          engine,
          machineId,
          relay,
          Streams.of(
              client.getInputStream(), client.getOutputStream(), OutputStream.nullOutputStream()));
    } catch (IOException | DispenseException e) {
      LOG.debug("A connection to port {} of the container {} was cut", port, machineId, e);
    } finally {
      clients.remove(client);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("Could not close a loopback port", e);
    }
    awaitFreedPort();
    clients.forEach(PortForwarding::cut);
  }

  // The system keeps a port open as long as a thread is inside of accept.
  private void awaitFreedPort() {
    try {
      freed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void cut(Socket client) {
    try {
      client.close();
    } catch (IOException e) {
      LOG.debug("Could not close a connection", e);
    }
  }
}
