package dev.dispense.testkit;

import dev.dispense.DispenseException;
import dev.dispense.Forwarding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Passes connections to a free loopback port on to another loopback port. */
final class LoopbackRelay implements Forwarding {
  private final ServerSocket server;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  private LoopbackRelay(ServerSocket server, int port) {
    this.server = server;
    this.port = port;
    this.acceptor = thread("accept", this::accept);
  }

  static LoopbackRelay open(int port) {
    try {
      LoopbackRelay relay =
          new LoopbackRelay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      relay.acceptor.start();
      return relay;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to forward port " + port + " but failed because " + e.getMessage() + ".", e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Override
  public void close() {
    closeQuietly(server);
    try {
      acceptor.join(); // until it has left accept(2), the port takes connections: close(2)
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sockets.forEach(LoopbackRelay::closeQuietly);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        thread("connect", () -> connect(client)).start();
      } catch (IOException e) {
        closeQuietly(server);
      }
    }
    sockets.forEach(LoopbackRelay::closeQuietly);
  }

  private void connect(Socket client) {
    try (client;
        Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
      sockets.add(target);
      Thread answers = thread("answers", () -> copy(target, client));
      answers.start();
      copy(client, target);
      answers.join();
      sockets.remove(target);
    } catch (IOException e) {
      // Nothing listens there: the client sees its connection closed, as it would in the sandbox.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(client);
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static Thread thread(String name, Runnable body) {
    Thread thread = new Thread(body, "relay-" + name);
    thread.setDaemon(true);
    return thread;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Closing is all that is wanted; a socket that cannot be closed is closed already.
    }
  }
}
