package dev.dispense.docker.gateway;

import dev.dispense.RefusedException;
import dev.dispense.TaskSpec;
import dev.dispense.Traffic;
import dev.dispense.spi.Route;
import dev.dispense.spi.TaskTag;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which tasks of a sandbox may ask at its routes, and how much. A task that may has a file there
 * which ends with {@code .open}, and one with a limit another, by which {@code limit.sh} goes; the
 * files without a task in their names are for requests that are of none. All of it holds without
 * the client.
 */
public final class TaskPasses {
  private static final String PREFIX = "task-";
  private static final String FREE = "free-";
  private static final String OPEN = ".open";
  private static final String LIMIT = ".limit";
  private static final int AT_ONCE = 64;

  private final GatewayDirectory directory;
  private final int number;

  TaskPasses(GatewayDirectory directory, int number) {
    this.directory = directory;
    this.number = number;
  }

  /**
   * Returns what nginx does with a request before it looks for its route.
   *
   * @param number the sandbox
   * @param place the directory of the sandbox, as nginx sees it, with a slash at its end
   */
  static String http(int number, String place) {
    return """
    # A log whose name is a variable is written only where this directory is; nothing is served from it.
    root /opt;
    access_log %1$stask-$task.log task if=$counted;
    rewrite "^/task-[0-9a-f]{16}(/.*)$" $1;
    limit_conn tasks %2$d;
    auth_request /task;
    auth_request_set $refusal $upstream_http_x_refusal;
    error_page 403 @refused;
    location = /task {
      internal;
      if (-f %1$sfree-$route) { return 204; }
      if (!-f %1$stask-$task.open) { return 403; }
      if (!-f %1$stask-$task.limit) { return 204; }
      proxy_pass_request_headers off;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Task "%3$d $task";
      proxy_pass http://unix:/tmp/limit.sock;
    }
    location @refused {
      internal;
      default_type application/json;
      if ($refusal = "") {
        set $refusal "This is no GET or POST of a task that is at work.";
      }
      return 403 '{"type":"error","error":{"type":"permission_error","message":"$refusal"}}';
    }
    """
        .formatted(place, AT_ONCE, number);
  }

  private static String file(TaskTag task, String end) {
    return PREFIX + task.value() + end;
  }

  /** Lets requests pass that are of no task, until one has a limit. */
  void admitAll() {
    directory.write(number, PREFIX + OPEN, "");
  }

  /** Lets all requests to a route pass, whatever limits tasks have. */
  public void admitAll(Route route) {
    directory.write(number, FREE + route.path().substring(1), "");
  }

  /**
   * Lets a task ask.
   *
   * @param atWork tells which tasks have not ended
   */
  public void admit(TaskTag task, TaskSpec.Limit limit, Supplier<Set<TaskTag>> atWork) {
    boolean isLimited = !has(PREFIX + OPEN);
    if (isLimited || !limit.isNone()) {
      Set<TaskTag> others = atWork.get();
      refuseToMix(limit, others);
      if (!limit.isNone()) {
        directory.write(number, file(task, LIMIT), text(limit));
        keepOnly(others);
      }
    }
    directory.write(number, file(task, OPEN), "");
  }

  private boolean has(String file) {
    return directory.read(number, file).isPresent();
  }

  private void refuseToMix(TaskSpec.Limit limit, Set<TaskTag> others) {
    for (TaskTag other : others) {
      if (has(file(other, OPEN)) && has(file(other, LIMIT)) == limit.isNone()) {
        throw new RefusedException(
            limit.isNone()
                ? "Tried to give a task but failed because one with a limit of requests or bytes"
                    + " has not ended in this sandbox, and could use what this one may ask. Give"
                    + " this one a limit too, or wait until that one has ended."
                : "Tried to give a task with a limit but failed because one without has not ended"
                    + " in this sandbox, and each could ask its model in the other's name. Wait"
                    + " until that one has ended.");
      }
    }
  }

  private void keepOnly(Set<TaskTag> tasks) {
    for (String file : directory.files(number, PREFIX)) {
      if (file.endsWith(OPEN) && tasks.stream().noneMatch(it -> file(it, OPEN).equals(file))) {
        directory.delete(number, file);
      }
    }
  }

  private static String text(TaskSpec.Limit limit) {
    return word(limit.requests()) + " " + word(limit.bytes()) + "\n";
  }

  private static String word(OptionalLong most) {
    return most.isPresent() ? String.valueOf(most.getAsLong()) : "-";
  }

  /** Returns what a task asked. */
  public Traffic.Usage traffic(TaskTag task) {
    return Stream.of(".sum", ".old", ".log")
        .map(end -> directory.read(number, file(task, end)))
        .flatMap(Optional::stream)
        .flatMap(String::lines)
        .map(line -> List.of(line.split(" ", -1)))
        .filter(
            words -> words.size() == 3 && words.stream().allMatch(it -> it.matches("\\d{1,18}")))
        .map(
            words ->
                new Traffic.Usage(
                    Long.parseLong(words.get(0)),
                    Long.parseLong(words.get(1)),
                    Long.parseLong(words.get(2))))
        .reduce(
            new Traffic.Usage(0, 0, 0),
            (a, b) ->
                new Traffic.Usage(
                    a.requests() + b.requests(), a.sent() + b.sent(), a.received() + b.received()));
  }
}
