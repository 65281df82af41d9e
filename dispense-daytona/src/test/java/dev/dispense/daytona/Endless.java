package dev.dispense.daytona;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server whose answers have no end. */
final class Endless implements AutoCloseable {
  private final HttpServer server;
  private final long pauseMillis;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private Endless(HttpServer server, long pauseMillis) {
    this.server = server;
    this.pauseMillis = pauseMillis;
  }

  /**
   * Starts one.
   *
   * @param pauseMillis how long to wait before each byte; 0 to send many at once
   */
  static Endless start(long pauseMillis) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Endless endless = new Endless(HttpServer.create(anyPort, 0), pauseMillis);
    endless.server.createContext("/", endless::serve);
    endless.server.setExecutor(endless.threads);
    endless.server.start();
    return endless;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] part = new byte[pauseMillis == 0 ? 1 << 20 : 1];
    Arrays.fill(part, (byte) ' ');
    exchange.sendResponseHeaders(200, 0);
    try (exchange;
        OutputStream body = exchange.getResponseBody()) {
      while (true) {
        body.write(part);
        body.flush();
        Thread.sleep(pauseMillis);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }
}
