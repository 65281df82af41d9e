package dev.dispense.core.task;

import dev.dispense.TaskEvent;
import java.util.Optional;
import java.util.function.Consumer;

/** Looks out for the id of the session that a task ended with. */
public final class SessionFinder implements Consumer<TaskEvent> {
  private Optional<String> session = Optional.empty();

  @Override
  public void accept(TaskEvent event) {
    if (event instanceof TaskEvent.SessionStarted started) {
      session = Optional.of(started.sessionId());
    } else if (event instanceof TaskEvent.Result result) {
      session = result.sessionId().or(() -> session);
    }
  }

  public Optional<String> session() {
    return session;
  }
}
