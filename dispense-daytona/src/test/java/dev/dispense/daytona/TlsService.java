package dev.dispense.daytona;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A Daytona without sandboxes, with a certificate that nobody has signed, for the host name {@link
 * #HOST}, which leads nowhere, and for this machine.
 */
final class TlsService implements AutoCloseable {
  static final String HOST = "daytona.test";
  private static final char[] PASSWORD = "password".toCharArray();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private TlsService(HttpsServer server) {
    this.server = server;
  }

  /** Returns a new key with its certificate. */
  static KeyStore identity(Path directory) throws IOException {
    Path file = directory.resolve("identity.p12");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + HOST,
                "-ext",
                "san=dns:" + HOST + ",dns:localhost",
                "-alias",
                "it",
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream in = awaited(process, file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD);
      return store;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static InputStream awaited(Process process, Path file) throws IOException {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return Files.newInputStream(file);
  }

  /** Returns its certificate as a file in PEM. */
  static Path certificate(KeyStore identity, Path file) throws IOException {
    try {
      byte[] bytes = identity.getCertificate("it").getEncoded();
      return Files.writeString(
          file,
          "What stands before it is a comment.\n-----BEGIN CERTIFICATE-----\n"
              + Base64.getMimeEncoder().encodeToString(bytes)
              + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  static TlsService start(KeyStore identity) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(identity, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      HttpsServer server = HttpsServer.create(anyPort, 0);
      server.setHttpsConfigurator(new HttpsConfigurator(context));
      TlsService service = new TlsService(server);
      server.createContext("/", service::serve);
      server.setExecutor(service.threads);
      server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean isUpgrade = exchange.getRequestHeaders().containsKey("Upgrade");
      calls.add((isUpgrade ? "WEBSOCKET " : "") + exchange.getRequestURI().getPath());
      byte[] body = "{\"items\":[],\"nextCursor\":null}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Returns what was asked for. */
  List<String> calls() {
    return calls;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
