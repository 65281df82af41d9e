package dev.dispense.testkit.daytona.cloud;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.dispense.testkit.daytona.http.ApiError;
import java.time.Duration;
import java.util.Optional;

/** How sandboxes get from one state to the other. */
public final class Lifecycle {
  private static final String BUSY = "Sandbox state change in progress";

  private final Cloud cloud;

  public Lifecycle(Cloud cloud) {
    this.cloud = cloud;
  }

  /** Brings a new sandbox up, and waits as long as the service does. */
  public void create(CloudSandbox sandbox) throws InterruptedException {
    boolean build = sandbox.state() == State.PENDING_BUILD;
    cloud.add(sandbox);
    change(
        () -> {
          if (build && !built(sandbox)) {
            return;
          }
          started(sandbox);
        });
    if (!build) {
      hold(sandbox);
    }
  }

  public void start(CloudSandbox sandbox) throws InterruptedException {
    synchronized (sandbox) {
      State state = sandbox.state();
      if (state == State.STARTED) {
        return;
      }
      if (state.failed()) {
        throw ApiError.badRequest("Sandbox is in an errored state");
      }
      refuseWhileChanging(sandbox);
      if (state != State.STOPPED && state != State.ARCHIVED) {
        throw ApiError.badRequest("Sandbox is not in valid state");
      }
      sandbox.move(state == State.ARCHIVED ? State.RESTORING : State.STARTING, "started");
    }
    change(() -> started(sandbox));
    hold(sandbox);
  }

  public void stop(CloudSandbox sandbox) {
    synchronized (sandbox) {
      refuseWhileChanging(sandbox);
      if (sandbox.state() != State.STARTED) {
        throw ApiError.badRequest("Sandbox is not in a stoppable state");
      }
      if (sandbox.ephemeral()) {
        delete(sandbox);
        return;
      }
      sandbox.move(State.STOPPING, "stopped");
    }
    change(
        () -> {
          sandbox.machine().stop();
          sandbox.move(State.STOPPED, "stopped");
        });
  }

  public void archive(CloudSandbox sandbox) {
    synchronized (sandbox) {
      refuseWhileChanging(sandbox);
      if (sandbox.ephemeral()) {
        throw ApiError.badRequest("Ephemeral sandboxes cannot be archived");
      }
      if (sandbox.state() != State.STOPPED) {
        throw ApiError.badRequest("Sandbox is not stopped");
      }
      sandbox.move(State.ARCHIVING, "archived");
    }
    change(
        () -> {
          sandbox.set("backupState", TextNode.valueOf("Completed"));
          sandbox.move(State.ARCHIVED, "archived");
        });
  }

  public void recover(CloudSandbox sandbox, boolean skipStart) throws InterruptedException {
    synchronized (sandbox) {
      if (sandbox.state() != State.ERROR) {
        throw ApiError.badRequest("Sandbox must be in error state to recover");
      }
      if (!sandbox.field("recoverable").asBoolean()) {
        throw ApiError.badRequest("Sandbox is not recoverable");
      }
      sandbox.recovered();
      sandbox.move(State.STOPPED, "stopped");
    }
    if (!skipStart) {
      start(sandbox);
    }
  }

  public void delete(CloudSandbox sandbox) {
    synchronized (sandbox) {
      refuseWhileChanging(sandbox);
      sandbox.rename("DESTROYED_" + sandbox.name() + "_" + System.currentTimeMillis());
      sandbox.move(sandbox.state().failed() ? sandbox.state() : State.DESTROYING, "destroyed");
    }
    cloud.access().revoke(sandbox.id());
    change(
        () -> {
          sandbox.machine().remove();
          sandbox.move(State.DESTROYED, "destroyed");
          cloud.remove(sandbox);
        });
  }

  /** Stops, archives and deletes what has been idle for so long as it says. */
  void tick() {
    for (CloudSandbox sandbox : cloud.all()) {
      try {
        State state = sandbox.state();
        if (state == State.STARTED && due(sandbox, "autoStopInterval", 1)) {
          stop(sandbox);
        } else if (state == State.STOPPED && due(sandbox, "autoDeleteInterval", 0)) {
          delete(sandbox);
        } else if (state == State.STOPPED && due(sandbox, "autoArchiveInterval", 1)) {
          archive(sandbox);
        }
      } catch (ApiError e) {
        // Somebody else changes the sandbox at the same time; the next look finds what has become.
      }
    }
  }

  private boolean due(CloudSandbox sandbox, String interval, int least) {
    int minutes = sandbox.field(interval).asInt();
    return minutes >= least && sandbox.idle().compareTo(cloud.settings().minutes(minutes)) > 0;
  }

  private boolean built(CloudSandbox sandbox) throws InterruptedException {
    sandbox.move(State.BUILDING_SNAPSHOT, "started");
    Optional<String> missing = cloud.docker().missing(sandbox.image());
    if (missing.isPresent()) {
      sandbox.fail(State.BUILD_FAILED, missing.get());
      return false;
    }
    pass(cloud.settings().transition());
    sandbox.move(State.CREATING, "started");
    pass(cloud.settings().transition());
    return true;
  }

  private void started(CloudSandbox sandbox) {
    Optional<String> failure = cloud.faults().takeFailingStart();
    if (failure.isPresent()) {
      sandbox.fail(State.ERROR, failure.get());
    } else {
      sandbox.move(State.STARTED, "started");
    }
  }

  private void hold(CloudSandbox sandbox) throws InterruptedException {
    sandbox.awaitSettled(cloud.settings().hold());
    if (sandbox.state().failed()) {
      throw ApiError.badRequest(
          "Sandbox failed to start: " + sandbox.field("errorReason").asText());
    }
  }

  private static void refuseWhileChanging(CloudSandbox sandbox) {
    if (sandbox.state().changing()) {
      throw ApiError.conflict(BUSY);
    }
  }

  private void change(Change change) {
    cloud.fork(
        () -> {
          try {
            pass(cloud.settings().transition());
            change.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void pass(Duration time) throws InterruptedException {
    Thread.sleep(time.toMillis());
    cloud.faults().awaitThaw();
  }

  private interface Change {
    void run() throws InterruptedException;
  }
}
