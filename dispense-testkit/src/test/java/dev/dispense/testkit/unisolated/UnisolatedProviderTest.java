package dev.dispense.testkit.unisolated;

import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.provider.ProviderContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

class UnisolatedProviderTest extends ProviderContract {
  @TempDir Path root;

  @Override
  protected SandboxProvider open() {
    return new UnisolatedProvider(root);
  }

  @Override
  protected boolean supportsTerminal() {
    return false;
  }

  @Override
  protected List<String> echoServer(int port) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return List.of(
        java.toString(),
        "-Xshare:auto",
        "-cp",
        System.getProperty("java.class.path"),
        EchoServer.class.getName(),
        Integer.toString(port));
  }

  /** Sends back what it gets, one connection after the other. */
  static final class EchoServer {
    private EchoServer() {}

    public static void main(String[] arguments) throws IOException {
      int port = Integer.parseInt(arguments[0]);
      try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress())) {
        while (true) {
          try (Socket socket = server.accept()) {
            socket.getInputStream().transferTo(socket.getOutputStream());
          } catch (IOException e) {
            System.err.println(e);
          }
        }
      }
    }
  }
}
