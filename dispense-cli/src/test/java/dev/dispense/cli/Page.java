package dev.dispense.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * What a web server on this machine answers, whatever it calls itself: browsers know that names
 * below {@code localhost} are this machine, Java does not.
 */
record Page(int status, String body) {
  private static final int PATIENCE_MILLIS = 60_000;

  /**
   * Asks for a page.
   *
   * @param headers further headers, a line each
   */
  static Page get(String url, String... headers) throws IOException {
    URI uri = URI.create(url);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request =
          "GET / HTTP/1.0\r\nHost: " + uri.getAuthority() + "\r\n" + lines(headers) + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      int end = answer.indexOf("\r\n\r\n");
      if (end < 0) {
        throw new IOException("not an answer: " + answer);
      }
      return new Page(Integer.parseInt(answer.split(" ", 3)[1]), answer.substring(end + 4));
    }
  }

  private static String lines(String... headers) {
    StringBuilder lines = new StringBuilder();
    for (String header : headers) {
      lines.append(header).append("\r\n");
    }
    return lines.toString();
  }
}
