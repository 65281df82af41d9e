package dev.dispense.spi;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Plugin;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.TaskEvent;
import dev.dispense.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A coding agent that works in a sandbox without a terminal. It knows its command line, its
 * environment, how it is installed, and how one line of its output becomes typed events; it knows
 * nothing of Docker. Stateless, safe for use by several threads, found by {@link
 * java.util.ServiceLoader}.
 *
 * <p>Take care when adding to this interface: it grows by default methods only. The contract that
 * every agent must meet is a test in the testkit.
 */
public interface Agent extends Plugin {
  /** Returns the id by which the agent is chosen: lower-case letters, digits and hyphens. */
  String id();

  /** Returns its {@link #id()} alone. */
  @Override
  default Set<String> ids() {
    return Set.of(id());
  }

  /** Returns the name that people know, such as {@code Claude Code}. */
  String displayName();

  /** Returns the programs that it needs in the sandbox, its own among them and first. */
  List<Software> software(Environment host);

  /**
   * Returns whether it can ask for {@linkplain Launch#routes routes}; sandboxes that are made for
   * it are then made so that these can be opened. It cannot by default.
   */
  default boolean usesRoutes() {
    return false;
  }

  /**
   * Returns how a task is started.
   *
   * @throws UnavailableException when something is missing that the agent cannot work without, such
   *     as an API key; the message says where it is looked for
   * @throws RefusedException when a part of {@code request} cannot be honoured
   */
  Launch launch(Request request);

  /**
   * Returns whether a {@link TaskEvent.Result} is in its output when it has done its work, so that
   * there is none when it has not. Where it has none, as it prints plain text, its exit code says
   * whether it succeeded. It has one by default.
   */
  default boolean reportsResult() {
    return true;
  }

  /**
   * Returns a new parser, for the output of one task from its beginning. By default each line is
   * taken for plain text, a {@link TaskEvent.Raw}.
   */
  default Parser parser() {
    return line -> List.of(new TaskEvent.Raw(line));
  }

  /**
   * Decides whether a task has succeeded whose process has ended by itself. An agent that
   * {@linkplain #reportsResult reports a result} has failed without one, whatever its exit code: it
   * may have been cut off. By default the result decides, or else the exit code.
   *
   * @param ending how it ended
   */
  default Verdict assess(Ending ending) {
    if (ending.lastResult().isPresent()) {
      TaskEvent.Result result = ending.lastResult().get();
      return result.success() ? Verdict.SUCCESS : Verdict.failure(result.text());
    }
    String code =
        ending.exitCode().isPresent()
            ? "ended with exit code %d".formatted(ending.exitCode().getAsInt())
            : "was killed";
    String said = PrintableText.printable(ending.errorOutput().strip(), 500);
    String errors = said.isEmpty() ? "" : ": " + said;
    if (reportsResult()) {
      return Verdict.failure("%s %s without a result%s".formatted(displayName(), code, errors));
    }
    return ending.exitCode().orElse(-1) == 0
        ? Verdict.SUCCESS
        : Verdict.failure("%s %s%s".formatted(displayName(), code, errors));
  }

  /**
   * Returns where the agent's key or token comes from, in words for a person and without the key
   * itself; empty when there is none.
   */
  Optional<String> credential(Environment host);

  /**
   * What a task asks of the agent.
   *
   * @param model the model to use; default the agent's own
   * @param maxTurns the most turns that it may take; default no limit
   * @param resumeSession the session of an earlier task to go on with
   * @param secrets keys that the caller gave for this task, by the name of their environment
   *     variable; they win over those of {@code host}
   * @param host the machine and the user; the agent takes its keys, endpoint and proxy from here
   * @param layout where things are in the sandbox
   * @param network what the sandbox may reach
   * @param hostAddress the name by which the sandbox reaches this machine, when it can
   * @param gateway how the sandbox reaches {@linkplain Launch#routes routes}; empty where keys have
   *     to be delivered to it
   * @param root whether the sandbox's user is root
   */
  record Request(
      Optional<String> model,
      OptionalInt maxTurns,
      Optional<String> resumeSession,
      Map<String, Secret> secrets,
      Environment host,
      SandboxLayout layout,
      NetworkPolicy network,
      Optional<String> hostAddress,
      Optional<Gateway> gateway,
      boolean root) {
    /** Copies the secrets. */
    public Request {
      secrets = Map.copyOf(secrets);
    }

    /** Returns a secret: the one given for the task, or else the host's variable of that name. */
    public Optional<Secret> secret(String name) {
      return Optional.ofNullable(secrets.get(name)).or(() -> host.variable(name).map(Secret::of));
    }
  }

  /**
   * How a task is started in the sandbox. The prompt is the process's standard input, followed by
   * end of file.
   *
   * @param argv the program and its arguments, found on the sandbox's {@code PATH}
   * @param environment variables for the agent; not for secrets
   * @param secretVariables secrets that the agent reads from an environment variable of that name
   * @param secretDescriptors secrets that the agent reads from a file descriptor, whose number it
   *     is told by an environment variable of that name; the better way, as what the agent starts
   *     does not inherit the secret
   * @param routes servers that must be reached through the gateway that {@link Request#gateway}
   *     tells of
   * @param endMarker strings that stand, all of them, in the line of output by which the agent says
   *     that its work is done; empty when it has no such line. It may then go on as long as the
   *     task's time is not up, and a result is looked for in its last lines (20, and 64 KiB)
   * @param grace how long the agent may go on after its end marker before it is killed
   */
  record Launch(
      List<String> argv,
      Map<String, String> environment,
      Map<String, Secret> secretVariables,
      Map<String, Secret> secretDescriptors,
      List<Route> routes,
      List<String> endMarker,
      Duration grace) {
    /** Copies the collections. */
    public Launch {
      argv = List.copyOf(argv);
      environment = Map.copyOf(environment);
      secretVariables = Map.copyOf(secretVariables);
      secretDescriptors = Map.copyOf(secretDescriptors);
      routes = List.copyOf(routes);
      endMarker = List.copyOf(endMarker);
    }

    /** Returns a builder of a start without variables, secrets, routes and end marker. */
    public static Builder builder(List<String> argv) {
      return new Builder(argv);
    }

    /** Returns a builder that has all of this already. */
    public Builder toBuilder() {
      return new Builder(argv)
          .environment(environment)
          .secretVariables(secretVariables)
          .secretDescriptors(secretDescriptors)
          .routes(routes)
          .endMarker(endMarker)
          .grace(grace);
    }

    /** Builds a {@link Launch}; each method sets one part and returns this builder. */
    public static final class Builder {
      private final List<String> argv;
      private Map<String, String> environment = Map.of();
      private Map<String, Secret> secretVariables = Map.of();
      private Map<String, Secret> secretDescriptors = Map.of();
      private List<Route> routes = List.of();
      private List<String> endMarker = List.of();
      private Duration grace = Duration.ofSeconds(10);

      private Builder(List<String> argv) {
        this.argv = argv;
      }

      /** Sets the variables; default none. */
      public Builder environment(Map<String, String> value) {
        environment = value;
        return this;
      }

      /** Sets the secrets in variables; default none. */
      public Builder secretVariables(Map<String, Secret> value) {
        secretVariables = value;
        return this;
      }

      /** Sets the secrets behind file descriptors; default none. */
      public Builder secretDescriptors(Map<String, Secret> value) {
        secretDescriptors = value;
        return this;
      }

      /** Sets the routes; default none. */
      public Builder routes(List<Route> value) {
        routes = value;
        return this;
      }

      /** Sets the end marker; default none. */
      public Builder endMarker(List<String> value) {
        endMarker = value;
        return this;
      }

      /** Sets how long the agent may go on after its end marker; default 10 seconds. */
      public Builder grace(Duration value) {
        grace = value;
        return this;
      }

      /** Returns the start. */
      public Launch build() {
        return new Launch(
            argv, environment, secretVariables, secretDescriptors, routes, endMarker, grace);
      }
    }
  }

  /** Turns one task's output into events, line by line. Not safe for use by several threads. */
  @FunctionalInterface
  interface Parser {
    /**
     * Returns the events of one line, in order; {@link TaskEvent.Raw} for a line that it does not
     * know. Never throws for what a line holds.
     *
     * @param line a line of the agent's standard output, without its line break
     */
    List<TaskEvent> parse(String line);
  }

  /**
   * How an agent's process ended.
   *
   * @param exitCode its exit code; empty when it was killed because it went on after its end marker
   * @param lastResult the last {@link TaskEvent.Result} in its output
   * @param errorOutput the end of its standard error, at most 4 KiB
   */
  record Ending(OptionalInt exitCode, Optional<TaskEvent.Result> lastResult, String errorOutput) {}

  /**
   * Whether a task succeeded.
   *
   * @param success whether it did
   * @param message why not, in words for a person, with what to do where that is known; empty on
   *     success
   */
  record Verdict(boolean success, String message) {
    /** The verdict on a task that succeeded. */
    public static final Verdict SUCCESS = new Verdict(true, "");

    /** Returns the verdict on a task that failed. */
    public static Verdict failure(String message) {
      return new Verdict(false, message);
    }
  }
}
