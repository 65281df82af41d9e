package dev.dispense.daytona.creation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NameTakenException;
import dev.dispense.Progress;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.exec.Preparation;
import dev.dispense.daytona.http.Backoff;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import dev.dispense.daytona.http.RetryingCalls;
import dev.dispense.daytona.http.Unreachable;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.NewSandbox;
import dev.dispense.daytona.sandbox.RemoteSandbox;
import dev.dispense.daytona.sandbox.SandboxStates;
import dev.dispense.daytona.sandbox.Sandboxes;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates one sandbox, or nothing. A creation that fails leaves a sandbox behind at the service,
 * and one whose answer is lost may have succeeded; both are found by the name, which is unique, and
 * a label that no other attempt has.
 */
public final class Creation {
  private static final Logger LOG = LoggerFactory.getLogger(Creation.class);
  private static final Duration START_LIMIT = Duration.ofMinutes(10);
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(30);
  private static final int ATTEMPTS = 5;
  private static final int LOOKS = 4;

  private final Environment host;
  private final Sandboxes sandboxes;
  private final RetryingCalls calls;
  private final SandboxStates states;
  private final Toolbox toolbox;
  private final CompletedCommands finished;
  private final MachineSpec spec;
  private final Progress.Listener progress;
  private final String doing;
  private final String attempt = UUID.randomUUID().toString();
  private final NewSandbox wanted;

  /** The id of what was made, as soon as it is known. */
  private Optional<String> id = Optional.empty();

  /** Whether something may have been made of which no id is known. */
  private boolean isUnsure;

  public Creation(
      Environment host,
      Sandboxes sandboxes,
      Toolbox toolbox,
      CompletedCommands finished,
      MachineSpec spec,
      Progress.Listener progress) {
    this.host = host;
    this.sandboxes = sandboxes;
    this.calls = sandboxes.calls();
    this.states = new SandboxStates(sandboxes);
    this.toolbox = toolbox;
    this.finished = finished;
    this.spec = spec;
    this.progress = progress;
    this.doing = "create the sandbox '" + spec.name() + "'";
    this.wanted = new NewSandbox(spec, calls.http().access().target(), host, attempt);
  }

  /** Returns the sandbox, started and ready. */
  public Machine create() {
    progress.onProgress(Progress.of("Creating sandbox", wanted.image()));
    try {
      JsonNode created = submit();
      RemoteSandbox sandbox = sandboxes.learned(RemoteSandbox.of(created));
      id = Optional.of(sandbox.id());
      isUnsure = false;
      host.step("sandbox created");
      wanted.network().check(created);
      if (!sandbox.isStarted()) {
        sandbox = awaitStarted(sandbox.id());
      }
      host.step("sandbox started");
      Preparation.run(toolbox, finished, sandbox.id());
      host.step("sandbox prepared");
      String made = sandbox.id();
      return sandbox.machine().orElseThrow(() -> Sandboxes.none(doing, made));
    } catch (RuntimeException | Error e) {
      if (!(e instanceof NameTakenException)) {
        undo(e);
      }
      throw e;
    }
  }

  /** Asks for the sandbox until it is known to be there, or known not to be. */
  private JsonNode submit() {
    Backoff backoff = new Backoff();
    for (int i = 1; ; i++) {
      Optional<Reply> reply = Optional.empty();
      DispenseException failure;
      boolean wasUnsure = isUnsure;
      isUnsure = true;
      try {
        reply = Optional.of(calls.once(doing, sandboxes.creation(wanted.body())));
        if (!Failure.isTransient(reply.get())) {
          return decided(reply.get(), wasUnsure);
        }
        failure = calls.failure(doing, reply.get());
        isUnsure = wasUnsure || !Failure.isUntouched(reply.get());
      } catch (IOException e) {
        failure = calls.unreachable(doing, e);
        isUnsure = wasUnsure || !Unreachable.isBeforeTheRequest(e);
      }
      LOG.debug("It is not known whether the sandbox was created", failure);
      Optional<JsonNode> made = isUnsure ? ofThisAttempt(sandboxes, i + 1) : Optional.empty();
      if (made.isPresent()) {
        return made.get();
      }
      if (i == ATTEMPTS) {
        throw failure;
      }
      calls.pause().of(backoff.next());
    }
  }

  private JsonNode decided(Reply reply, boolean wasUnsure) {
    if (reply.isSuccess()) {
      return sandboxes.described(doing, reply);
    }
    if (!CreationFailure.isAboutLimits(reply) && Failure.concernsAll(reply)) {
      isUnsure = wasUnsure;
      throw calls.failure(doing, reply);
    }
    Optional<JsonNode> made = ofThisAttempt(sandboxes.patient(), 1);
    isUnsure = false;
    id = made.map(Creation::id);
    if (reply.status() == Failure.CONFLICT) {
      return made.orElseThrow(this::taken);
    }
    throw new CreationFailure(doing, spec, wanted)
        .translate(reply, made.map(RemoteSandbox::of), calls.http().access());
  }

  private static String id(JsonNode sandbox) {
    return sandbox.path("id").asText("");
  }

  private NameTakenException taken() {
    return new NameTakenException(
        "Tried to "
            + doing
            + " but failed because your organization at Daytona has one of that name already,"
            + " perhaps somebody else's. Choose another name, or delete that sandbox. See which"
            + " there are.",
        null,
        new DispenseException.Hint.ListSandboxes());
  }

  /** Looks for what this attempt has made, some times, as it may just be being made. */
  private Optional<JsonNode> ofThisAttempt(Sandboxes asked, int looks) {
    Backoff backoff = new Backoff();
    for (int i = 0; ; i++) {
      Optional<JsonNode> found =
          asked
              .json(doing, RemoteSandbox.nameOf(spec.name()))
              .filter(
                  json ->
                      attempt.equals(json.path("labels").path(RemoteSandbox.ATTEMPT).asText("")));
      if (found.isPresent() || i + 1 >= looks) {
        return found;
      }
      calls.pause().of(backoff.next());
    }
  }

  private RemoteSandbox awaitStarted(String id) {
    try {
      return states.awaitStarted(doing, id, wanted.isBuilt() ? BUILD_LIMIT : START_LIMIT, progress);
    } catch (UnavailableException e) {
      throw wanted.isBuilt()
          ? new UnavailableException(
              e.getMessage() + " It was to be made from the image '" + wanted.image() + "'.", e)
          : e;
    }
  }

  /**
   * Deletes what was made; what cannot be undone is told with the failure. Who has interrupted it
   * does not want to wait for a network that is gone.
   */
  private void undo(Throwable failure) {
    boolean interrupted = Thread.interrupted();
    Sandboxes asked = interrupted ? sandboxes : sandboxes.patient();
    try {
      if (isUnsure) {
        id = ofThisAttempt(asked, LOOKS).map(Creation::id);
      }
      id.ifPresent(new SandboxStates(asked)::delete);
    } catch (RuntimeException e) {
      if (!Objects.equals(e.getMessage(), failure.getMessage())) {
        failure.addSuppressed(e);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
