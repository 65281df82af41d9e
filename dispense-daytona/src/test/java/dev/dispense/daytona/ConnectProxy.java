package dev.dispense.daytona;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy that leads all connections to one port of this machine, wherever they shall go. */
final class ConnectProxy implements AutoCloseable {
  /** What a client begins with who takes it for a server. */
  private static final int TLS_HANDSHAKE = 22;

  private final ServerSocket listening;
  private final int port;
  private final String answer;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<List<String>> requests = new CopyOnWriteArrayList<>();

  private ConnectProxy(ServerSocket listening, int port, String answer) {
    this.listening = listening;
    this.port = port;
    this.answer = answer;
  }

  /**
   * Starts one.
   *
   * @param answer what it says to all, such as {@code 200 OK}
   */
  static ConnectProxy start(int port, String answer) throws IOException {
    ConnectProxy proxy =
        new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port, answer);
    proxy.threads.execute(proxy::accept);
    return proxy;
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  /** Returns the lines of the requests. */
  List<List<String>> requests() {
    return requests;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        sockets.add(client);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void serve(Socket client) {
    try (client) {
      requests.add(head(client.getInputStream()));
      client
          .getOutputStream()
          .write(("HTTP/1.1 " + answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      if (answer.startsWith("200")) {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
          sockets.add(server);
          threads.execute(() -> pass(server, client));
          client.getInputStream().transferTo(server.getOutputStream());
        }
      }
    } catch (IOException e) {
      // One of them has gone away.
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One of them has gone away.
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next == TLS_HANDSHAKE) {
        return lines;
      }
      if (next != '\n') {
        line.append((char) next);
        continue;
      }
      if (line.toString().isBlank()) {
        return lines;
      }
      lines.add(line.toString().strip());
      line.setLength(0);
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
