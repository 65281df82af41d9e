package dev.dispense.docker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Makes an engine's Unix socket reachable by TCP, half-closed connections included. */
public final class TcpRelay implements AutoCloseable {
  private final ServerSocket server;
  private final String socket;

  private TcpRelay(ServerSocket server, String socket) {
    this.server = server;
    this.socket = socket;
    fork(this::accept);
  }

  public static TcpRelay plain(String socket) throws IOException {
    return new TcpRelay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), socket);
  }

  /** A relay that speaks TLS, and lets in who shows a certificate that the context trusts. */
  public static TcpRelay secure(String socket, SSLContext context) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    return new TcpRelay(server, socket);
  }

  public int port() {
    return server.getLocalPort();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void fork(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // A connection was cut, which its other end sees too.
                return;
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(socket));
      fork(() -> toEngine(client, engine));
      fork(() -> fromEngine(engine, client));
    }
  }

  private static void toEngine(Socket client, SocketChannel engine) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = client.getInputStream().read(buffer);
        n >= 0;
        n = client.getInputStream().read(buffer)) {
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
      while (bytes.hasRemaining()) {
        engine.write(bytes);
      }
    }
    engine.shutdownOutput();
  }

  private static void fromEngine(SocketChannel engine, Socket client) throws IOException {
    try (client;
        engine) {
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (engine.read(buffer) >= 0) {
        client.getOutputStream().write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
