package dev.dispense.docker.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files in the directory {@code tls} of the resources were made with openssl. */
class TlsTest {
  @TempDir Path directory;

  static Path files() {
    try {
      return Path.of(Objects.requireNonNull(TlsTest.class.getResource("tls/key.pem")).toURI())
          .resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void filesThatAreMissingAreNamed() throws IOException {
    Files.copy(files().resolve("key.pem"), directory.resolve("key.pem"));
    assertThatThrownBy(() -> Tls.context(directory))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(directory + " cannot be used: cert.pem is not there")
        .hasMessageContaining("DOCKER_CERT_PATH");
  }

  @Test
  @Timeout(60)
  void bothSidesShowTheirCertificates() throws IOException {
    SSLContext context = Tls.context(files());
    try (SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setNeedClientAuth(true);
      CompletableFuture<String> heard = CompletableFuture.supplyAsync(() -> hear(server));
      Endpoint.Tcp endpoint =
          new Endpoint.Tcp("127.0.0.1", server.getLocalPort(), Optional.of(files()), "a test");
      try (Connection connection = Connection.open(endpoint, Optional.of(context))) {
        connection.output().write("hello".getBytes(UTF_8));
        connection.closeOutput();
        assertThat(new String(connection.input().readAllBytes(), UTF_8)).isEqualTo("good bye");
      }
      assertThat(heard.join()).isEqualTo("CN=localhost: hello");
    }
  }

  private static String hear(SSLServerSocket server) {
    try (Socket client = server.accept()) {
      String all = new String(client.getInputStream().readAllBytes(), UTF_8);
      client.getOutputStream().write("good bye".getBytes(UTF_8));
      return ((SSLSocket) client).getSession().getPeerPrincipal() + ": " + all;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
