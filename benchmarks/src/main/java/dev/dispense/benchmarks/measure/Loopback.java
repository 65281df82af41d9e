package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/**
 * Directories into a container and out of it with {@code tar} and {@code gzip -1}, through a
 * connection of the loopback.
 *
 * @param container the id of the container
 */
public record Loopback(String container) {
  private static final int BUFFER = 256 << 10;

  private static final String CONNECT = "exec 3<>/dev/tcp/127.0.0.1/\"$1\"; ";

  public void upload(Path from, String to) throws IOException, InterruptedException {
    run(
        CONNECT + "tar -C \"$2\" -cf - . | gzip -1 >&3",
        from.toString(),
        "mkdir -p \"$1\" && cd \"$1\" && gzip -dc | tar -xf -",
        to,
        (socket, process) -> copy(socket.getInputStream(), process.getOutputStream()));
  }

  public void download(String from, Path to) throws IOException, InterruptedException {
    run(
        CONNECT + "gzip -dc <&3 | tar -C \"$2\" -xf -",
        to.toString(),
        "tar -C \"$1\" -cf - . | gzip -1",
        from,
        (socket, process) -> copy(process.getInputStream(), socket.getOutputStream()));
  }

  private void run(String here, String path, String inside, String insidePath, Link link)
      throws IOException, InterruptedException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(server.getLocalPort());
      Process client = start(List.of("bash", "-c", "set -o pipefail; " + here, "bash", port, path));
      Process command =
          start(List.of("docker", "exec", "-i", container, "sh", "-c", inside, "sh", insidePath));
      try {
        try (Socket socket = server.accept()) {
          link.pass(socket, command);
        }
        int code = client.waitFor();
        int insideCode = command.waitFor();
        if (code != 0 || insideCode != 0) {
          throw new IOException(
              "Tried to measure tar but failed: it exited with %d here and %d in the container."
                  .formatted(code, insideCode));
        }
      } finally {
        client.destroyForcibly();
        command.destroyForcibly();
      }
    }
  }

  private static Process start(List<String> argv) throws IOException {
    return new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (to) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        to.flush();
      }
    }
  }

  /** Passes on what comes, to its end. */
  private interface Link {
    void pass(Socket socket, Process command) throws IOException;
  }
}
