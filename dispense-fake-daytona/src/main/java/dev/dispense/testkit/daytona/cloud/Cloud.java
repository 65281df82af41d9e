package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.http.Address;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the service knows: its sandboxes, and who may use them. */
public final class Cloud implements AutoCloseable {
  private final Settings settings;
  private final Keys keys = new Keys();
  private final Access access = new Access();
  private final Faults faults;
  private final Docker docker;
  private final Throttle throttle;
  private final Map<String, CloudSandbox> sandboxes = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(work -> daemon(work, "daytona"));
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(work -> daemon(work, "daytona-timers"));
  private final Lifecycle lifecycle;
  private final ScheduledFuture<?> ticks;
  private @Nullable volatile Address address;

  public Cloud(Settings settings) {
    this.settings = settings;
    this.faults = new Faults(this::cutStreams, access::expireSsh, keys::accept);
    this.docker = new Docker(settings);
    this.throttle = new Throttle(settings, faults);
    this.lifecycle = new Lifecycle(this);
    long period = Math.max(10, settings.seconds(1).toMillis());
    this.ticks =
        timer.scheduleWithFixedDelay(lifecycle::tick, period, period, TimeUnit.MILLISECONDS);
  }

  public Settings settings() {
    return settings;
  }

  public Faults faults() {
    return faults;
  }

  public Keys keys() {
    return keys;
  }

  public Access access() {
    return access;
  }

  public Docker docker() {
    return docker;
  }

  public Throttle throttle() {
    return throttle;
  }

  public Lifecycle lifecycle() {
    return lifecycle;
  }

  public ExecutorService threads() {
    return threads;
  }

  public Address address() {
    Address known = address;
    if (known == null) {
      throw new IllegalStateException("The server does not listen yet.");
    }
    return known;
  }

  public void listensAt(Address where) {
    address = where;
  }

  void add(CloudSandbox sandbox) {
    sandboxes.put(sandbox.id(), sandbox);
  }

  void remove(CloudSandbox sandbox) {
    sandboxes.remove(sandbox.id());
  }

  public Collection<CloudSandbox> all() {
    return List.copyOf(sandboxes.values());
  }

  /** Finds a sandbox of an organization by its id, or by its name. */
  public Optional<CloudSandbox> find(String organization, String idOrName) {
    return byId(idOrName)
        .filter(sandbox -> sandbox.organization().equals(organization))
        .or(
            () ->
                all().stream()
                    .filter(sandbox -> sandbox.organization().equals(organization))
                    .filter(sandbox -> sandbox.name().equals(idOrName))
                    .findFirst())
        .filter(sandbox -> !sandbox.gone());
  }

  public Optional<CloudSandbox> byId(String id) {
    return Optional.ofNullable(sandboxes.get(id));
  }

  /** Starts a thread that ends at the latest with the server. */
  void fork(Runnable work) {
    threads.execute(work);
  }

  private void cutStreams(String sandboxId) {
    byId(sandboxId).ifPresent(sandbox -> sandbox.machine().cutStreams());
  }

  @Override
  public void close() {
    ticks.cancel(false);
    timer.shutdownNow();
    threads.shutdownNow();
    all().forEach(sandbox -> sandbox.machine().forget());
    docker.close();
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
