package dev.dispense.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A proxy as companies have them, which wants a password and alone knows where hosts are. */
public final class CompanyProxy implements AutoCloseable {
  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final String authorization;
  private final Map<String, Integer> hosts;

  /**
   * @param authorization what it wants to see
   * @param hosts the ports of this machine where hosts are, by HOST:PORT
   */
  public CompanyProxy(String authorization, Map<String, Integer> hosts) {
    this.authorization = authorization;
    this.hosts = hosts;
    try {
      server = new ServerSocket(0, 50, InetAddress.getByName("0.0.0.0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  public int port() {
    return server.getLocalPort();
  }

  /** Returns the first lines of all requests with the right password; others with "!" before. */
  public List<String> requests() {
    return requests;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      if (head.isEmpty()) {
        return;
      }
      String first = head.lines().findFirst().orElse("").replaceFirst(" HTTP/1.1$", "");
      boolean isKnown = head.contains("\r\nProxy-Authorization: " + authorization + "\r\n");
      requests.add((isKnown ? "" : "!") + first);
      String[] words = first.split(" ", -1);
      boolean isTunnel = words[0].equals("CONNECT");
      String host = isTunnel ? words[1] : words[1].replaceFirst("^http://([^/]*)/.*", "$1:80");
      if (!isKnown || !hosts.containsKey(host)) {
        say(
            client,
            "HTTP/1.1 " + (isKnown ? "503 No" : "407 Who") + "\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      try (Socket there = new Socket(InetAddress.getLoopbackAddress(), hosts.get(host))) {
        if (isTunnel) {
          say(client, "HTTP/1.1 200 OK\r\n\r\n");
        } else {
          say(
              there,
              "GET /"
                  + words[1].replaceFirst("^http://[^/]*/", "")
                  + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }
        threads.execute(() -> pass(client, there));
        there.getInputStream().transferTo(client.getOutputStream());
      }
    } catch (IOException e) {
      // One of the two has gone.
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      head.append((char) next);
      if (head.length() > 3 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
        return head.toString();
      }
    }
    return "";
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of the two has gone.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
