package dev.dispense.testkit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A web server that keeps the heads of requests as they came, and answers by what they ask for. */
final class RawServer implements AutoCloseable {
  private final ServerSocket server;
  private final List<String> heads = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch second = new CountDownLatch(1);
  private final Thread acceptor;

  RawServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Returns the heads of all requests until now. */
  List<String> heads() {
    return List.copyOf(heads);
  }

  /** Lets the second event of {@code /events} come. */
  void sendSecondEvent() {
    second.countDown();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        start(() -> serve(socket));
      } catch (IOException e) {
        // It is closed.
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      boolean more = true;
      while (more) {
        String head = head(in);
        if (!head.isEmpty()) {
          heads.add(head);
          answer(head, in, out);
        }
        more = !head.isEmpty() && !head.contains("Connection: close");
      }
    } catch (IOException | InterruptedException e) {
      // The test has ended the connection.
      return;
    }
  }

  private void answer(String head, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String path = head.split(" ", 3)[1];
    switch (path) {
      case "/events" -> {
        send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        send(out, "5\r\nfirst\r\n");
        second.await();
        send(out, "6\r\nsecond\r\n0\r\n\r\n");
      }
      case "/upload" -> {
        if (head.contains("100-continue")) {
          send(out, "HTTP/1.1 100 Continue\r\n\r\n");
        }
        int length = Integer.parseInt(head.replaceFirst("(?s).*Content-Length: (\\d+).*", "$1"));
        text(out, "got " + in.readNBytes(length).length);
      }
      case "/socket" -> {
        send(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
        in.transferTo(out);
      }
      case "/broken" -> {
        send(out, "what is this\n\nno HTTP");
        throw new IOException("done");
      }
      case "/head" -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      default -> text(out, "at " + path);
    }
  }

  private static void text(OutputStream out, String body) throws IOException {
    send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "raw-server");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Frees the port, which the system keeps open as long as a thread is inside of accept. */
  @Override
  public void close() throws IOException {
    second.countDown();
    server.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }
}
