package dev.dispense.testkit.daytona.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.http.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A sandbox as the service keeps it. */
public final class CloudSandbox {
  /** The user of the images of the service. */
  public static final String DEFAULT_USER = "daytona";

  private static final List<String> NULLS =
      List.of("snapshot", "networkAllowList", "domainAllowList", "errorReason", "daemonVersion");
  private static final List<String> NOT_IN_LISTS =
      List.of(
          "env", "volumes", "buildInfo", "networkBlockAll", "networkAllowList", "domainAllowList");

  private final String id;
  private final String organization;
  private final String image;
  private final ObjectNode data;
  private final Machine machine;
  private State state;
  private String desired = "started";
  private String previewToken = token(32);
  private Instant updated = Instant.now();
  private Instant active = Instant.now();
  private int streams;

  /**
   * @param data what the service tells of the sandbox and does not change by itself
   */
  public CloudSandbox(
      String organization, String image, ObjectNode data, State state, Cloud cloud) {
    this.id = UUID.randomUUID().toString();
    this.organization = organization;
    this.image = image;
    this.data = data;
    this.state = state;
    this.machine = new Machine(this, cloud.docker(), cloud.threads());
    data.put("id", id);
    data.put("organizationId", organization);
    if (data.path("name").asText().isEmpty()) {
      data.put("name", id);
    }
    data.put("createdAt", Json.time(updated));
  }

  public String id() {
    return id;
  }

  public String organization() {
    return organization;
  }

  public String image() {
    return image;
  }

  public Machine machine() {
    return machine;
  }

  public synchronized String name() {
    return data.path("name").asText();
  }

  public synchronized State state() {
    return state;
  }

  public synchronized JsonNode field(String name) {
    return data.path(name);
  }

  synchronized String desired() {
    return desired;
  }

  public synchronized String previewToken() {
    return previewToken;
  }

  /** Whether it is not found any more, though it may still be listed. */
  public synchronized boolean gone() {
    return state == State.DESTROYED || (state.failed() && desired.equals("destroyed"));
  }

  synchronized boolean ephemeral() {
    return data.path("autoDeleteInterval").asInt() == 0;
  }

  public synchronized void set(String name, @Nullable JsonNode value) {
    data.set(name, value);
    updated = Instant.now();
  }

  synchronized void move(State to, String towards) {
    if (to == State.STARTED) {
      previewToken = token(32);
      data.put("daemonVersion", "v0.190.0");
    }
    state = to;
    desired = towards;
    updated = Instant.now();
    active = updated;
    notifyAll();
  }

  synchronized void rename(String name) {
    data.put("name", name);
  }

  synchronized void fail(State to, String reason) {
    data.put("errorReason", reason);
    data.put("recoverable", reason.contains("no space left"));
    move(to, desired);
  }

  synchronized void recovered() {
    data.putNull("errorReason");
    data.put("recoverable", false);
  }

  /** Waits until no change of state is going on, or the time is over. */
  synchronized void awaitSettled(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    long left = atMost.toNanos();
    while (state.changing() && left > 0) {
      wait(Math.max(1, left / 1_000_000));
      left = end - System.nanoTime();
    }
  }

  public synchronized void touch() {
    active = Instant.now();
  }

  /** A connection was opened that counts as activity as long as it is open. */
  public synchronized void opened() {
    streams++;
  }

  public synchronized void closed() {
    streams--;
    touch();
  }

  /** Returns for how long nothing has happened. */
  synchronized Duration idle() {
    return streams > 0 ? Duration.ZERO : Duration.between(active, Instant.now());
  }

  /** What a creation answers. */
  public synchronized ObjectNode created(State then) {
    ObjectNode node = full();
    node.put("state", then.wire());
    node.put("desiredState", "started");
    NULLS.forEach(name -> dropNull(node, name));
    node.remove("daemonVersion");
    if (node.has("buildInfo")) {
      node.remove("runnerId");
    }
    return node;
  }

  /** What a stop or a deletion answers. */
  public synchronized ObjectNode changed() {
    ObjectNode node = full();
    node.remove(List.of("lastActivityAt", "buildInfo"));
    return node;
  }

  public synchronized ObjectNode listed() {
    ObjectNode node = full();
    node.remove(NOT_IN_LISTS);
    return node;
  }

  public synchronized ObjectNode full() {
    ObjectNode node = data.deepCopy();
    NULLS.stream().filter(name -> !node.has(name)).forEach(node::putNull);
    node.put("state", state.wire());
    node.put("desiredState", desired);
    node.put("updatedAt", Json.time(updated));
    node.put("lastActivityAt", Json.time(active));
    return node;
  }

  /** Returns a new token of letters and digits. */
  static String token(int length) {
    StringBuilder token = new StringBuilder();
    while (token.length() < length) {
      token.append(UUID.randomUUID().toString().replace("-", ""));
    }
    return token.substring(0, length);
  }

  private static void dropNull(ObjectNode node, String name) {
    if (node.path(name).isNull()) {
      node.remove(name);
    }
  }
}
