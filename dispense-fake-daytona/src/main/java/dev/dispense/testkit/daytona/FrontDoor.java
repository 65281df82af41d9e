package dev.dispense.testkit.daytona;

import dev.dispense.testkit.daytona.api.MainApi;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.http.Address;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.ssh.SshGateway;
import dev.dispense.testkit.daytona.toolbox.ToolboxApi;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens, notes each request, and passes it to the API, the toolbox or a preview. */
final class FrontDoor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

  private final Cloud cloud;
  private final MainApi main;
  private final ToolboxApi toolbox;
  private final PreviewProxy previews;
  private final RequestLog log = new RequestLog();
  private final Undertow server;
  private final SshGateway ssh;

  private FrontDoor(Cloud cloud) {
    this.cloud = cloud;
    this.main = new MainApi(cloud);
    this.toolbox = new ToolboxApi(cloud);
    this.previews = new PreviewProxy(cloud);
    this.ssh = SshGateway.open(cloud);
    this.server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setIoThreads(2)
            .setWorkerThreads(2)
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
            .setServerOption(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
            .setServerOption(UndertowOptions.DECODE_URL, false)
            .setHandler(exchange -> exchange.dispatch(cloud.threads(), this::serve))
            .build();
  }

  static FrontDoor open(Cloud cloud) {
    FrontDoor door = new FrontDoor(cloud);
    door.server.start();
    InetSocketAddress address =
        (InetSocketAddress) door.server.getListenerInfo().get(0).getAddress();
    cloud.listensAt(new Address(address.getPort(), door.ssh.port()));
    return door;
  }

  RequestLog log() {
    return log;
  }

  @Override
  public void close() {
    ssh.close();
    server.stop();
  }

  private void serve(HttpServerExchange exchange) {
    Optional<PreviewProxy.Target> preview = PreviewProxy.target(exchange.getHostAndPort());
    String method =
        exchange.getRequestHeaders().contains("Sec-WebSocket-Key")
            ? "WEBSOCKET"
            : exchange.getRequestMethod().toString();
    String request = method + " " + exchange.getRequestURI();
    Call call = new Call(exchange, cloud.faults().takeCut(request));
    try {
      log.add(call, preview.isPresent() ? exchange.getRequestURL() : call.target());
      Optional<ApiError> refusal = cloud.faults().refusal(request);
      if (refusal.isPresent() && refusal.get().status() == 502) {
        call.answer(502);
      } else if (preview.isPresent()) {
        previews.handle(call, preview.get());
      } else if (call.segments().get(0).equals("api")) {
        main.handle(call, refusal);
      } else {
        toolbox.handle(call, refusal);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.cutConnection();
    } catch (IOException | RejectedExecutionException e) {
      LOG.debug("The connection was cut, the client went away, or the server is closed", e);
      call.cutConnection();
    } catch (RuntimeException e) {
      LOG.error("The fake Daytona failed at {}", request, e);
      call.cutConnection();
    }
  }
}
