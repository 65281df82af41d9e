package dev.dispense.core.preview;

import dev.dispense.DispenseException;
import dev.dispense.PortForward;
import dev.dispense.support.DaemonThread;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A free port of this machine's loopback, and a thread for each connection to it. More than {@value
 * #MAX_CONNECTIONS} at a time wait until others have ended.
 */
final class LoopbackPort implements PortForward {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackPort.class);
  private static final int MAX_CONNECTIONS = 256;
  private static final int BACKLOG = 64;
  private static final long PATIENCE_SECONDS = 20;

  private final ServerSocket server;
  private final Handler handler;
  private final Thread acceptor = thread("accept", this::accept);
  private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private boolean closed;

  private LoopbackPort(ServerSocket server, Handler handler) {
    this.server = server;
    this.handler = handler;
  }

  /** Serves one connection; it is interrupted, and the connection closed, when the port is. */
  @FunctionalInterface
  interface Handler {
    void serve(Socket client) throws IOException;
  }

  /**
   * Starts to listen.
   *
   * @param handler returns who serves the connections, given the number of the port
   */
  static LoopbackPort open(IntFunction<Handler> handler) {
    try {
      ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
      LoopbackPort port = new LoopbackPort(server, handler.apply(server.getLocalPort()));
      port.acceptor.start();
      return port;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to listen on a loopback port of this machine but failed because %s."
              .formatted(DispenseException.reason(e)),
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
        places.acquire();
        new Client(server.accept()).start();
      } catch (IOException e) {
        LOG.debug("Stopped listening on {}", server, e);
        places.release();
      } catch (InterruptedException e) {
        return; // which close() alone does
      }
    }
  }

  /** Connections that are cut have until then to end what they have started in the sandbox. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    cut(server);
    acceptor.interrupt();
    // The system keeps a port open as long as a thread is inside of accept.
    join(acceptor, limit);
    Set<Client> all = Set.copyOf(clients);
    all.forEach(Client::cut);
    all.forEach(client -> join(client.thread, limit));
  }

  /** Waits for the end of a thread, also when this one is interrupted meanwhile. */
  static void join(Thread thread, long limit) {
    boolean interrupted = Thread.interrupted();
    for (long left = 1; thread.isAlive() && left > 0; left = limit - System.nanoTime()) {
      try {
        thread.join(TimeUnit.NANOSECONDS.toMillis(left) + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static Thread thread(String name, Runnable work) {
    return DaemonThread.of("dispense-port-" + name, work);
  }

  static void cut(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("Could not close {}", socket, e);
    }
  }

  private final class Client {
    private final Socket socket;
    private final Thread thread = thread("connection", this::run);

    Client(Socket socket) {
      this.socket = socket;
    }

    void start() {
      clients.add(this);
      thread.start();
    }

    private void run() {
      try (socket) {
        socket.setTcpNoDelay(true);
        handler.serve(socket);
      } catch (IOException | DispenseException e) {
        LOG.debug("A connection to {} was cut", server, e);
      } finally {
        clients.remove(this);
        places.release();
      }
    }

    void cut() {
      LoopbackPort.cut(socket);
      thread.interrupt();
    }
  }
}
