package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import dev.dispense.daytona.http.RetryingCalls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;

/** The calls of the main API that are about sandboxes (v0.190.0 and newer). */
public final class Sandboxes {
  private static final MediaType JSON = MediaType.get("application/json");
  private static final String PAGE = "200";

  /** The header by which a look does not count as use of a sandbox. */
  private static final String NO_ACTIVITY = "X-Daytona-Skip-Last-Activity-Update";

  private final RetryingCalls calls;
  private final HttpUrl address;

  /** The addresses of the toolboxes, by the ids of sandboxes; they do not change. */
  private final Map<String, String> toolboxes;

  public Sandboxes(RetryingCalls calls) {
    this(calls, new ConcurrentHashMap<>());
  }

  private Sandboxes(RetryingCalls calls, Map<String, String> toolboxes) {
    this.calls = calls;
    this.address = HttpUrl.get(calls.http().access().address().value());
    this.toolboxes = toolboxes;
  }

  /** Returns the same with {@linkplain RetryingCalls#patient patient} calls. */
  public Sandboxes patient() {
    return new Sandboxes(calls.patient(), toolboxes);
  }

  public RetryingCalls calls() {
    return calls;
  }

  /** Returns the request that makes a sandbox. */
  public Request creation(JsonNode body) {
    return new Request.Builder()
        .url(url("sandbox").build())
        .post(RequestBody.create(body.toString(), JSON))
        .build();
  }

  /** Returns the JSON of a sandbox by its id or exact name; empty when there is none. */
  public Optional<JsonNode> json(String doing, String idOrName) {
    Request request =
        new Request.Builder()
            .url(url("sandbox", idOrName).build())
            .header(NO_ACTIVITY, "true")
            .build();
    Reply reply = calls.make(doing, request);
    return Failure.isAbsent(reply) ? Optional.empty() : Optional.of(described(doing, reply));
  }

  /** Returns the JSON of an answer that must describe a sandbox. */
  public JsonNode described(String doing, Reply reply) {
    JsonNode json = calls.json(doing, reply);
    if (json.path("id").asText("").isEmpty()) {
      throw senseless(doing);
    }
    return json;
  }

  private UnavailableException senseless(String doing) {
    return Failure.senseless(doing, calls.http().access().address());
  }

  /** Returns the sandbox with that id; one that merely has it as a name is none. */
  Optional<RemoteSandbox> withId(String doing, String id) {
    return json(doing, id).map(this::learned).filter(sandbox -> sandbox.id().equals(id));
  }

  /**
   * Returns a sandbox of ours.
   *
   * @throws NotFoundException when there is none with that id
   */
  RemoteSandbox ours(String doing, String id) {
    return withId(doing, id)
        .filter(sandbox -> sandbox.machine().isPresent())
        .orElseThrow(() -> none(doing, id));
  }

  public static NotFoundException none(String doing, String id) {
    return new NotFoundException(
        "Tried to "
            + doing
            + " but failed because Daytona has no sandbox of Dispense's with the id '"
            + PrintableText.printable(id, 80)
            + "'. See which there are.",
        null,
        new DispenseException.Hint.ListSandboxes());
  }

  /** Returns the sandbox of exactly that name. */
  public Optional<RemoteSandbox> withName(String doing, String name) {
    return json(doing, name).map(this::learned).filter(sandbox -> sandbox.name().equals(name));
  }

  /** Returns all sandboxes of ours. */
  public List<RemoteSandbox> list() {
    String ours =
        JsonNodeFactory.instance
            .objectNode()
            .put(RemoteSandbox.OURS, RemoteSandbox.DAYTONA)
            .toString();
    String doing = "list the sandboxes";
    List<RemoteSandbox> all = new ArrayList<>();
    Set<String> cursors = new HashSet<>();
    String cursor = "";
    do {
      HttpUrl.Builder url =
          url("sandbox").addQueryParameter("limit", PAGE).addQueryParameter("labels", ours);
      if (!cursor.isEmpty()) {
        url.addQueryParameter("cursor", cursor);
      }
      JsonNode page = calls.json(doing, new Request.Builder().url(url.build()).build());
      cursor = page.path("nextCursor").asText("");
      if (!page.path("items").isArray() || !cursors.add(cursor)) {
        throw senseless(doing);
      }
      page.path("items").forEach(item -> all.add(learned(RemoteSandbox.of(item))));
    } while (!cursor.isEmpty());
    return all;
  }

  /**
   * Asks for a change of state.
   *
   * @param action {@code start}, {@code stop} or {@code recover}
   * @param force whether processes are ended at once
   */
  Reply change(String doing, String id, String action, boolean force) {
    HttpUrl.Builder url = url("sandbox", id, action);
    if (force) {
      url.addQueryParameter("force", "true");
    }
    return calls.make(
        doing,
        new Request.Builder().url(url.build()).post(RequestBody.create(new byte[0], null)).build());
  }

  /** Sets after how many minutes without use a sandbox stops; this is a use of it. */
  Reply autoStop(String doing, String id, long minutes) {
    return calls.make(
        doing,
        new Request.Builder()
            .url(url("sandbox", id, "autostop", Long.toString(minutes)).build())
            .post(RequestBody.create(new byte[0], null))
            .build());
  }

  /** Asks for the deletion of a sandbox. */
  Reply delete(String doing, String id) {
    return calls.make(
        doing, new Request.Builder().url(url("sandbox", id).build()).delete().build());
  }

  /** Returns where the program in a sandbox is called, which the service runs there. */
  HttpUrl toolbox(String doing, String id) {
    String known = toolboxes.get(id);
    if (known == null) {
      known = withId(doing, id).orElseThrow(() -> none(doing, id)).toolbox();
    }
    if (known.isEmpty()) {
      known =
          calls
              .json(
                  doing,
                  new Request.Builder()
                      .url(url("sandbox", id, "toolbox-proxy-url").build())
                      .build())
              .path("url")
              .asText("");
    }
    ServerAddress toolbox = ServerAddress.of(known, "the answer of " + address);
    return HttpUrl.get(toolbox.value()).newBuilder().addPathSegment(id).build();
  }

  private RemoteSandbox learned(JsonNode json) {
    return learned(RemoteSandbox.of(json));
  }

  /** Keeps in mind where the toolbox of a sandbox is. */
  public RemoteSandbox learned(RemoteSandbox sandbox) {
    if (!sandbox.toolbox().isEmpty()) {
      toolboxes.put(sandbox.id(), sandbox.toolbox());
    }
    return sandbox;
  }

  /** Returns the address of a call of the main API. */
  HttpUrl.Builder url(String... path) {
    HttpUrl.Builder url = address.newBuilder();
    for (String part : path) {
      url.addPathSegment(part);
    }
    return url;
  }
}
