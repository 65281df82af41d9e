package dev.dispense.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.SSLConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The way to one Docker Engine: connects at the first call, speaks the API version that both sides
 * know, makes every call interruptible, and turns failures into {@link DispenseException}s.
 */
public final class Engine implements AutoCloseable {
  /** The newest API version that this code was written for: Docker 29. */
  static final ApiVersion NEWEST = new ApiVersion(1, 52);

  /** The oldest API version that will do: Docker 20.10. */
  static final ApiVersion OLDEST = new ApiVersion(1, 41);

  private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);
  // An engine that is there can have much to do before it has counted its containers.
  private static final Duration SLOW_ANSWER = Duration.ofSeconds(60);

  private final Environment host;
  private final Endpoint endpoint;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(work -> DaemonThread.of("dispense-docker", work));
  private @Nullable Agreement agreement;
  private @Nullable DockerClient client;
  private @Nullable Info info;

  public Engine(Environment host, Endpoint endpoint) {
    this.host = host;
    this.endpoint = endpoint;
  }

  /** How the engine is spoken with. */
  private record Agreement(ApiVersion version, Optional<SSLContext> tls) {}

  /** Reads the body of an answer. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(InputStream body) throws IOException;
  }

  /** Returns where the engine listens. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Returns what the engine says of the machine that it runs on. */
  public synchronized Info info() {
    if (info == null) {
      DockerClient asked = client();
      info = first(() -> asked.infoCmd().exec(), SLOW_ANSWER);
    }
    return info;
  }

  /** Returns the API version that is spoken with the engine. */
  public ApiVersion version() {
    return agreement().version();
  }

  /** Runs background work of the provider on a daemon thread. */
  public void fork(Runnable work) {
    threads.execute(work);
  }

  /** Runs background work that can be cancelled. */
  public Future<?> submit(Runnable work) {
    return threads.submit(work);
  }

  /**
   * Makes a call that an interrupt cuts off.
   *
   * @param doing what is tried, as it follows "Tried to"
   */
  public <T extends @Nullable Object> T call(String doing, Function<DockerClient, T> work) {
    return await(doing, start(work));
  }

  private <T extends @Nullable Object> T await(String doing, Future<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      result.cancel(true);
      throw DispenseException.interrupted("trying to " + doing, e);
    } catch (ExecutionException e) {
      throw EngineFailure.translate(doing, endpoint, e);
    }
  }

  /**
   * Makes a short call whose outcome must be known, as something would be left behind otherwise: an
   * interrupt is seen only after it.
   */
  public <T extends @Nullable Object> T settle(String doing, Function<DockerClient, T> work) {
    boolean interrupted = Thread.interrupted();
    try {
      Future<T> result = start(work);
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw EngineFailure.translate(doing, endpoint, e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private <T extends @Nullable Object> Future<T> start(Function<DockerClient, T> work) {
    DockerClient open = client();
    return threads.submit(() -> work.apply(open));
  }

  /**
   * Asks for something that can be read without docker-java, which takes a while to load, in a call
   * that an interrupt cuts off.
   *
   * @param doing what is tried, as it follows "Tried to"
   * @param call the path of the API call, without the version
   */
  public <T> T get(String doing, String call, Reader<T> reader) {
    String path = path(call);
    return await(doing, threads.submit(() -> fetch(path, reader)));
  }

  private <T> T fetch(String path, Reader<T> reader) throws IOException {
    try (Connection connection = connect()) {
      Connection.Head head = connection.get(path);
      if (head.status() != 200) {
        throw connection.refusal(head);
      }
      return reader.read(connection.input());
    }
  }

  /** Opens a connection of its own, for a request that docker-java cannot make. */
  public Connection connect() throws IOException {
    return Connection.open(endpoint, agreement().tls());
  }

  /** Returns the path of an API call, such as {@code /v1.41/exec/1/start}. */
  public String path(String call) {
    return "/v" + version() + call;
  }

  private synchronized Agreement agreement() {
    if (agreement == null) {
      Optional<SSLContext> tls = tls();
      agreement = new Agreement(ApiVersion.negotiate(first(() -> ping(tls), FIRST_ANSWER)), tls);
    }
    return agreement;
  }

  private synchronized DockerClient client() {
    if (client == null) {
      client = openClient(agreement());
    }
    return client;
  }

  private DockerClient openClient(Agreement agreement) {
    ApiVersion version = agreement.version();
    SSLConfig sslConfig = agreement.tls().isPresent() ? agreement.tls()::get : null;
    DockerHttpClient http =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(endpoint.uri())
            .sslConfig(sslConfig)
            .connectionTimeout(FIRST_ANSWER)
            .build();
    return DockerClientImpl.getInstance(
        new ClientConfig(
            endpoint.uri(),
            RemoteApiVersion.create(version.major(), version.minor()),
            EndpointDiscovery.configDirectory(host)),
        endpoint instanceof Endpoint.UnixSocket ? new ConnectionPerRequest(http) : http);
  }

  private Optional<SSLContext> tls() {
    if (!(endpoint instanceof Endpoint.Tcp tcp)) {
      return Optional.empty();
    }
    return tcp.certificates().map(Tls::context);
  }

  private String ping(Optional<SSLContext> tls) throws IOException {
    try (Connection connection = Connection.open(endpoint, tls)) {
      Connection.Head head = connection.request("GET", "/_ping");
      return head.header("Api-Version").orElseThrow(() -> notAnEngine(head.status()));
    }
  }

  private UnavailableException notAnEngine(int status) {
    return new UnavailableException(
        "Tried to reach the Docker Engine at "
            + endpoint.uri()
            + " ("
            + endpoint.origin()
            + ") but failed because what answers there (HTTP status "
            + status
            + ") is not a Docker Engine, or one that is out of order. See what 'docker version'"
            + " says, or name another address.");
  }

  private <T> T first(Callable<T> question, Duration patience) {
    Future<T> answer = threads.submit(question);
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new UnavailableException(
          "Tried to reach the Docker Engine at "
              + endpoint.uri()
              + " ("
              + endpoint.origin()
              + ") but failed because it does not answer within "
              + patience.toSeconds()
              + " seconds. See whether 'docker version' answers; restart the engine if not.",
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw DispenseException.interrupted("connecting to the Docker Engine", e);
    } catch (ExecutionException e) {
      throw EngineFailure.translate("reach the Docker Engine", endpoint, e);
    }
  }

  @Override
  public synchronized void close() {
    threads.shutdownNow();
    DockerClient open = client;
    client = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new DispenseException(
            "Tried to close the connections to the Docker Engine but failed because "
                + PrintableText.printable(String.valueOf(e.getMessage()), 200),
            e);
      }
    }
  }
}
