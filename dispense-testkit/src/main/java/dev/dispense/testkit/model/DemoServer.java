package dev.dispense.testkit.model;

import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program that serves the {@link DemoScript}, so that a real agent can be shown without a key.
 *
 * <pre>{@code
 * java dev.dispense.testkit.model.DemoServer [--listen ADDRESS] [--port N] [--port-file PATH] [--project DIR]
 * }</pre>
 *
 * <p>It listens at {@code ADDRESS} (default {@code 127.0.0.1}, which containers do not reach) and
 * port {@code N} (default any free one), writes the port to {@code PATH} once it listens, writes
 * the script's project into {@code DIR}, prints its URL, and ends when its standard input does.
 */
public final class DemoServer {
  private DemoServer() {}

  /**
   * Runs the program; see the class.
   *
   * @param args the options
   * @throws IOException when a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    Map<String, String> options = options(args);
    String address = options.getOrDefault("--listen", "127.0.0.1");
    int port = Integer.parseInt(options.getOrDefault("--port", "0"));
    if (options.containsKey("--project")) {
      DemoScript.writeProject(Path.of(options.getOrDefault("--project", "")));
    }
    try (ModelServer server = ModelServer.start(new InetSocketAddress(address, port))) {
      server.script(new DemoScript());
      if (options.containsKey("--port-file")) {
        writePort(Path.of(options.getOrDefault("--port-file", "")), server.port());
      }
      System.out.println(server.url());
      awaitEnd(System.in);
    }
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < args.length; i += 2) {
      boolean known =
          switch (args[i]) {
            case "--listen", "--port", "--port-file", "--project" -> true;
            default -> false;
          };
      if (!known || i + 1 == args.length) {
        throw new IllegalArgumentException(
            "Unknown option, or option without a value: "
                + args[i]
                + ". The options are"
                + " --listen ADDRESS, --port N, --port-file PATH and --project DIR.");
      }
      options.put(args[i], args[i + 1]);
    }
    return options;
  }

  /** Writes the file whole or not at all, as somebody waits for it. */
  private static void writePort(Path file, int port) throws IOException {
    WholeFile.write(file, port + "\n");
  }

  private static void awaitEnd(InputStream input) throws IOException {
    byte[] ignored = new byte[1024];
    while (input.read(ignored) >= 0) {
      // What comes means nothing; that it ends does.
    }
  }
}
