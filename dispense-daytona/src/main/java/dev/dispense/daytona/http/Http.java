package dev.dispense.daytona.http;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.BufferedSource;
import okio.ByteString;

/**
 * The connections to the service. A call can be interrupted. Redirects are not followed: where an
 * address leads elsewhere, the key must not go after it.
 */
public final class Http implements AutoCloseable {
  /** What the server must see to speak in the way that this client knows. */
  private static final String PROTOCOL_VERSION = "0.190.0";

  private static final String SOURCE = "dispense";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration PING = Duration.ofSeconds(25);
  private static final String PROXY_CREDENTIALS = "Proxy-Authorization";
  private static final int LONGEST_IN_SILENCES = 10;
  private static final int UNLIMITED = 1 << 20;
  private static final int MAX_BODY = 64 << 20;
  private static final long THREAD_IDLE_SECONDS = 5;

  private final Access access;
  private final Optional<EnvironmentProxy> proxy;
  private final ThreadPoolExecutor threads;
  private final ConnectionPool connections;
  private final OkHttpClient client;

  /**
   * @param host whose proxy and certificate authorities are used
   */
  public Http(Environment host, Access access) {
    this.access = access;
    this.proxy = EnvironmentProxy.of(host);
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            THREAD_IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            body -> DaemonThread.of("dispense-daytona-http", body));
    this.connections = new ConnectionPool(5, 1, TimeUnit.MINUTES);
    Dispatcher dispatcher = new Dispatcher(threads);
    // Each command that runs has a call that waits.
    dispatcher.setMaxRequests(UNLIMITED);
    dispatcher.setMaxRequestsPerHost(UNLIMITED);
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(connections)
            .connectTimeout(CONNECT)
            .followRedirects(false)
            .followSslRedirects(false);
    proxy.ifPresent(it -> use(builder, it));
    TrustedCertificates.addTo(builder, host);
    this.client = builder.build();
  }

  private static void use(OkHttpClient.Builder builder, EnvironmentProxy proxy) {
    builder.proxySelector(proxy);
    proxy
        .credentials()
        .ifPresent(
            credentials ->
                builder.proxyAuthenticator(
                    (route, refused) ->
                        refused.request().header(PROXY_CREDENTIALS) == null
                            ? refused
                                .request()
                                .newBuilder()
                                .header(PROXY_CREDENTIALS, credentials)
                                .build()
                            : null));
  }

  /** Who asks. */
  public Access access() {
    return access;
  }

  /**
   * Makes one call and reads the answer, whatever it is.
   *
   * @param silence how long the server may be silent; in all, the call may take ten times as long
   * @throws IOException when there is no whole answer
   */
  public Reply send(Request request, Duration silence) throws IOException {
    Call call =
        client
            .newBuilder()
            .readTimeout(silence)
            .writeTimeout(silence)
            .callTimeout(silence.multipliedBy(LONGEST_IN_SILENCES))
            .build()
            .newCall(signed(request));
    CompletableFuture<Reply> answered = new CompletableFuture<>();
    call.enqueue(new Answered(answered));
    try {
      return answered.get();
    } catch (InterruptedException e) {
      call.cancel();
      throw DispenseException.interrupted("waiting for Daytona", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
    }
  }

  private static Reply reply(Response response) throws IOException {
    BufferedSource source = response.body().source();
    source.request(MAX_BODY);
    ByteString body = source.readByteString(Math.min(source.getBuffer().size(), MAX_BODY));
    Map<String, List<String>> headers =
        response.headers().toMultimap().entrySet().stream()
            .collect(
                Collectors.toMap(
                    header -> header.getKey().toLowerCase(Locale.ROOT),
                    Map.Entry::getValue,
                    (one, other) -> one,
                    TreeMap::new));
    return new Reply(response.code(), headers, body);
  }

  /** Opens a connection that both sides write to when they want. */
  public WebSocket connect(Request request, WebSocketListener listener) {
    return client
        .newBuilder()
        .readTimeout(Duration.ZERO)
        .pingInterval(PING)
        .build()
        .newWebSocket(signed(request), listener);
  }

  private Request signed(Request request) {
    Request.Builder signed =
        request
            .newBuilder()
            .header("Authorization", "Bearer " + access.token().reveal())
            .header("User-Agent", SOURCE + "/" + PROTOCOL_VERSION)
            .header("X-Daytona-Source", SOURCE)
            .header("X-Daytona-SDK-Version", PROTOCOL_VERSION);
    access.organization().ifPresent(id -> signed.header("X-Daytona-Organization-ID", id));
    return signed.build();
  }

  /** Cuts what is under way. Closing twice does nothing. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    threads.shutdown();
    connections.evictAll();
  }

  /** Returns the exception for a call without an answer. */
  public UnavailableException unreachable(String doing, HttpUrl address, IOException failure) {
    return Unreachable.because(
        doing, address, proxy.filter(it -> it.isFor(address.host(), address.port())), failure);
  }

  /** Reads the answer in the thread that received it, so that who waits can be interrupted. */
  private record Answered(CompletableFuture<Reply> answered) implements Callback {
    @Override
    public void onResponse(Call call, Response response) {
      try (response) {
        answered.complete(reply(response));
      } catch (IOException | RuntimeException | Error e) {
        answered.completeExceptionally(e);
      }
    }

    @Override
    public void onFailure(Call call, IOException failure) {
      answered.completeExceptionally(failure);
    }
  }
}
