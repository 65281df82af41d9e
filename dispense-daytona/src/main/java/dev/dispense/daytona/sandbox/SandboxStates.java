package dev.dispense.daytona.sandbox;

import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import dev.dispense.daytona.http.RetryingCalls;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings sandboxes from one state into another, and waits until they are there. A change that is
 * under way already is not an error, and neither is one that somebody else has asked for.
 */
public final class SandboxStates {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final Sandboxes sandboxes;
  private final Sandboxes patient;
  private final RetryingCalls calls;

  public SandboxStates(Sandboxes sandboxes) {
    this.sandboxes = sandboxes;
    this.patient = sandboxes.patient();
    this.calls = patient.calls();
  }

  /**
   * Waits until a sandbox is started, and returns it as it is then.
   *
   * @throws UnavailableException when it does not start
   */
  public RemoteSandbox awaitStarted(
      String doing, String id, Duration limit, Progress.Listener progress) {
    AtomicReference<@Nullable RemoteSandbox> last = new AtomicReference<>();
    boolean started =
        calls.await(
            limit,
            () -> {
              RemoteSandbox sandbox =
                  patient.withId(doing, id).orElseThrow(() -> Sandboxes.none(doing, id));
              RemoteSandbox before = last.getAndSet(sandbox);
              if (before == null || !before.state().equals(sandbox.state())) {
                progress.onProgress(
                    Progress.of("Starting sandbox", sandbox.state().replace('_', ' ')));
              }
              if (sandbox.isBroken()) {
                throw new UnavailableException(
                    "Tried to "
                        + doing
                        + " but failed because it did not start: "
                        + sandbox.reason()
                        + ".");
              }
              return sandbox.isStarted();
            });
    RemoteSandbox sandbox = Objects.requireNonNull(last.get());
    if (!started) {
      throw new UnavailableException(
          "Tried to "
              + doing
              + " but failed because it is not started after "
              + limit.toMinutes()
              + " minutes; its state is '"
              + sandbox.state()
              + "'. See what Daytona's dashboard says of it.");
    }
    return sandbox;
  }

  /** Starts a sandbox that is stopped or archived, or mends one that is broken and can be. */
  public void start(String id) {
    String doing = "start the sandbox";
    RemoteSandbox sandbox = sandboxes.ours(doing, id);
    if (sandbox.isStarted()) {
      return;
    }
    if (sandbox.isBroken() && !sandbox.isRecoverable()) {
      throw broken(doing, sandbox);
    }
    change(doing, id, sandbox.isBroken() ? "recover" : "start", false, "started");
    RemoteSandbox unused = awaitStarted(doing, id, LIMIT, Progress.Listener.NONE);
  }

  /**
   * Stops a sandbox.
   *
   * @param force whether its processes get no time to end by themselves
   */
  public void stop(String id, boolean force) {
    String doing = "stop the sandbox";
    if (sandboxes.ours(doing, id).isStopped()) {
      return;
    }
    change(doing, id, "stop", force, "stopped");
    // One that is deleted when it stops is not there any more.
    boolean stopped =
        calls.await(
            LIMIT,
            () ->
                patient
                    .withId(doing, id)
                    .filter(sandbox -> !sandbox.isUnwanted())
                    .map(sandbox -> sandbox.isStopped() || isBroken(doing, sandbox))
                    .orElse(true));
    if (!stopped) {
      throw late(doing, "stopped");
    }
  }

  /** Lets a sandbox stop when nobody has used it for so long, rounded up to minutes. */
  public void stopUnused(String id, Duration time) {
    String doing = "let the sandbox stop by itself";
    RemoteSandbox sandbox = sandboxes.ours(doing, id);
    long minutes = time.plusMinutes(1).minusNanos(1).toMinutes();
    Reply reply = sandboxes.autoStop(doing, sandbox.id(), minutes);
    if (!reply.isSuccess()) {
      throw calls.failure(doing, reply);
    }
  }

  private static boolean isBroken(String doing, RemoteSandbox sandbox) {
    if (sandbox.isBroken()) {
      throw broken(doing, sandbox);
    }
    return false;
  }

  private static DispenseException broken(String doing, RemoteSandbox sandbox) {
    return new DispenseException(
        "Tried to "
            + doing
            + " but failed because it is broken: "
            + sandbox.reason()
            + (sandbox.isRecoverable()
                ? ". Start it, which makes Daytona mend it, or delete it."
                : ". Daytona cannot mend it: delete it, and create another."));
  }

  /** Asks for a change until it is under way, or no longer needed. */
  private void change(String doing, String id, String action, boolean force, String goal) {
    boolean asked =
        calls.await(
            LIMIT,
            () -> {
              Reply reply = patient.change(doing, id, action, force);
              if (reply.isSuccess()) {
                return true;
              }
              Optional<RemoteSandbox> now = patient.withId(doing, id);
              if (now.isEmpty() || now.get().isUnwanted()) {
                throw Sandboxes.none(doing, id);
              }
              if (reply.status() == Failure.CONFLICT) {
                return false;
              }
              if (now.get().state().equals(goal)) {
                return true;
              }
              throw now.get().isBroken() ? broken(doing, now.get()) : calls.failure(doing, reply);
            });
    if (!asked) {
      throw late(doing, "ready for that");
    }
  }

  private static DispenseException late(String doing, String what) {
    return new DispenseException(
        "Tried to "
            + doing
            + " but failed because it is not "
            + what
            + " after "
            + LIMIT.toMinutes()
            + " minutes. See what Daytona's dashboard says of it.");
  }

  /** Deletes a sandbox of ours, and waits until it is gone; does nothing when there is none. */
  public void delete(String id) {
    String doing = "delete the sandbox";
    Optional<RemoteSandbox> sandbox = sandboxes.withId(doing, id).filter(RemoteSandbox::isOurs);
    if (sandbox.isEmpty()) {
      return;
    }
    boolean isWanted = !sandbox.get().isUnwanted();
    boolean gone = calls.await(LIMIT, new Deletion(doing, id, isWanted)::isDone);
    if (!gone) {
      throw late(doing, "gone");
    }
  }

  /** Asks once more as long as the service is busy with it, then only looks. */
  private final class Deletion {
    private final String doing;
    private final String id;
    private boolean mustAsk;

    Deletion(String doing, String id, boolean mustAsk) {
      this.doing = doing;
      this.id = id;
      this.mustAsk = mustAsk;
    }

    boolean isDone() {
      if (mustAsk) {
        Reply reply = patient.delete(doing, id);
        if (Failure.isAbsent(reply)) {
          return true;
        }
        if (!reply.isSuccess() && reply.status() != Failure.CONFLICT) {
          throw calls.failure(doing, reply);
        }
        mustAsk = false;
      }
      Optional<RemoteSandbox> now = patient.withId(doing, id);
      mustAsk = now.isPresent() && !now.get().isUnwanted();
      return now.isEmpty() || now.get().state().equals("destroyed");
    }
  }
}
