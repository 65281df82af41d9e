package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.NotFoundException;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.http.Backoff;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import dev.dispense.daytona.http.RetryingCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of the program that the service runs in each sandbox (v0.190.0 and newer). All of them
 * can be made again, and are, for some minutes: networks break, laptops sleep, and the program
 * comes up later than the service says.
 */
public final class Toolbox {
  private static final Logger LOG = LoggerFactory.getLogger(Toolbox.class);
  private static final MediaType JSON = MediaType.get("application/json");
  private static final MediaType BYTES = MediaType.get("application/octet-stream");

  /** More than a call lets the sandbox wait for something to happen. */
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private static final int EXECUTION_SECONDS = 40;
  private static final Duration SHORT = Duration.ofSeconds(20);

  private final Sandboxes sandboxes;
  private final RetryingCalls calls;
  private final Duration patience;

  /**
   * @param patience how long a sandbox that should be running may not answer
   */
  public Toolbox(Sandboxes sandboxes, Duration patience) {
    this.sandboxes = sandboxes;
    this.calls = sandboxes.calls();
    this.patience = patience;
  }

  /** Returns one that gives up soon, for when somebody wants to leave. */
  public Toolbox impatient() {
    return new Toolbox(sandboxes, patience.compareTo(SHORT) < 0 ? patience : SHORT);
  }

  /**
   * What a program wrote that has ended.
   *
   * @param text its output and error output, as they came
   */
  public record Output(int exitCode, String text) {}

  /**
   * Runs a short program that may be run again, by text that a shell reads.
   *
   * @param doing what is tried, as it follows "Tried to"
   */
  public Output execute(String machineId, String doing, String program) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("command", program)
            .put("cwd", "/")
            .put("timeout", EXECUTION_SECONDS);
    JsonNode answer =
        calls.json(
            doing,
            persist(machineId, doing, url -> post(url.addPathSegments("process/execute"), body)));
    return new Output(answer.path("exitCode").asInt(-1), answer.path("result").asText(""));
  }

  /**
   * Writes files, in their order. What is there is replaced; directories are made.
   *
   * @param files for each attempt, the contents by absolute path
   */
  public void upload(String machineId, String doing, IntFunction<Map<String, ByteString>> files) {
    int[] attempts = {0};
    Reply reply =
        persist(
            machineId,
            doing,
            url ->
                new Request.Builder()
                    .url(url.addPathSegments("files/bulk-upload").build())
                    .post(form(files.apply(attempts[0]++)))
                    .build());
    Reply unused = calls.succeeded(doing, reply);
  }

  /** The path of a file goes before its content, which is written as it is read. */
  private static RequestBody form(Map<String, ByteString> files) {
    MultipartBody.Builder form = new MultipartBody.Builder().setType(MultipartBody.FORM);
    int[] number = {0};
    files.forEach(
        (path, content) -> {
          String field = "files[" + number[0]++ + "]";
          form.addFormDataPart(field + ".path", path);
          form.addFormDataPart(field + ".file", "file", RequestBody.create(content, BYTES));
        });
    return form.build();
  }

  /**
   * Reads a file, which must be there, into memory.
   *
   * @param path absolute
   */
  public ByteString download(String machineId, String doing, String path) {
    Reply reply =
        persist(
            machineId,
            doing,
            url ->
                new Request.Builder()
                    .url(
                        url.addPathSegments("files/download")
                            .addQueryParameter("path", path)
                            .build())
                    .build());
    return calls.succeeded(doing, reply).body();
  }

  /** Opens a terminal with the user's shell in it; one of that id may be there already. */
  public void openTerminal(String machineId, String doing, String id, int columns, int rows) {
    ObjectNode body =
        JsonNodeFactory.instance.objectNode().put("id", id).put("cols", columns).put("rows", rows);
    Reply reply = persist(machineId, doing, url -> post(url.addPathSegments("process/pty"), body));
    if (!reply.isSuccess() && reply.status() != Failure.CONFLICT) {
      throw calls.failure(doing, reply);
    }
  }

  /** Gives a terminal another size; one that has ended has none. */
  public void resizeTerminal(String machineId, String doing, String id, int columns, int rows) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("cols", columns).put("rows", rows);
    Reply unused =
        persist(
            machineId,
            doing,
            url -> post(url.addPathSegments("process/pty/" + id + "/resize"), body));
  }

  /** Closes a terminal; one that has ended need not be. */
  public void closeTerminal(String machineId, String doing, String id) {
    Reply unused =
        persist(
            machineId,
            doing,
            url ->
                new Request.Builder()
                    .url(url.addPathSegments("process/pty/" + id).build())
                    .delete()
                    .build());
  }

  /** Lets some time go by before another attempt. */
  public void rest(Backoff backoff) {
    calls.pause().of(backoff.next());
  }

  /** Connects with a terminal. */
  public WebSocket connect(String machineId, String doing, String id, WebSocketListener listener) {
    HttpUrl url =
        sandboxes
            .toolbox(doing, machineId)
            .newBuilder()
            .addPathSegments("process/pty/" + id + "/connect")
            .build();
    return calls.http().connect(new Request.Builder().url(url).build(), listener);
  }

  private static Request post(HttpUrl.Builder url, JsonNode body) {
    return new Request.Builder()
        .url(url.build())
        .post(RequestBody.create(body.toString(), JSON))
        .build();
  }

  /**
   * Makes a call until there is an answer.
   *
   * @return an answer that is about what was asked
   * @throws NotFoundException when the sandbox is gone
   * @throws UnavailableException when it is stopped, or does not answer for long
   */
  private Reply persist(String machineId, String doing, Asking request) {
    HttpUrl toolbox = sandboxes.toolbox(doing, machineId);
    long end = System.nanoTime() + patience.toNanos();
    Backoff backoff = new Backoff();
    while (true) {
      UnavailableException failure;
      try {
        Reply reply = calls.once(doing, request.of(toolbox.newBuilder()), SILENCE);
        if (!isOfTheWay(reply)) {
          return checked(doing, reply);
        }
        failure = silent(doing, reply);
      } catch (IOException e) {
        failure = goingOn(calls.http().unreachable(doing, toolbox, e));
      }
      LOG.debug("The sandbox {} does not answer: {}", machineId, failure.getMessage());
      checkState(machineId, doing);
      if (System.nanoTime() > end) {
        throw failure;
      }
      calls.pause().of(backoff.next());
    }
  }

  /** Makes a request for an address, anew for each attempt. */
  private interface Asking {
    Request of(HttpUrl.Builder toolbox);
  }

  /**
   * Whether an answer does not come from the program in the sandbox but from what is on the way
   * there, or says that it had not enough time.
   */
  private static boolean isOfTheWay(Reply reply) {
    if (reply.isSuccess()) {
      return false;
    }
    return Failure.isTransient(reply)
        || reply.status() == Failure.TIME_OUT
        || reply.says("no IP address found")
        || reply.says("Is the Sandbox started")
        || (reply.status() == Failure.NOT_FOUND && !reply.says("session"));
  }

  private Reply checked(String doing, Reply reply) {
    try {
      return calls.checked(doing, reply);
    } catch (UnavailableException e) {
      throw goingOn(e);
    }
  }

  private static UnavailableException silent(String doing, Reply reply) {
    return goingOn(
        new UnavailableException(
            "Tried to "
                + doing
                + " but failed because the sandbox does not answer, although Daytona does not say"
                + " that it is stopped: "
                + reply.reason()
                + ". Try again later; if it stays so, it may be out of memory or disk: stop and"
                + " start it, or delete it."));
  }

  /** Who is cut off from a sandbox must know that this ends nothing there. */
  private static UnavailableException goingOn(UnavailableException e) {
    return new UnavailableException(
        e.getMessage() + " What runs in the sandbox goes on.", e.getCause());
  }

  /** Throws when the sandbox is in a state in which nothing answers. */
  private void checkState(String machineId, String doing) {
    RemoteSandbox sandbox;
    try {
      sandbox = sandboxes.ours(doing, machineId);
    } catch (UnavailableException e) {
      LOG.debug("Daytona does not tell the state of the sandbox {}", machineId, e);
      return;
    }
    if (sandbox.isStopped()) {
      throw new UnavailableException(
          "Tried to "
              + doing
              + " but failed because the sandbox is stopped ("
              + sandbox.state()
              + "). Start it first; what ran in it has ended.");
    }
    if (sandbox.isBroken()) {
      throw new UnavailableException(
          "Tried to "
              + doing
              + " but failed because the sandbox is broken: "
              + sandbox.reason()
              + ". Start it again, or delete it.");
    }
  }
}
