package dev.dispense.testkit.agent;

import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.TaskEvent;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * An agent for tests: a small shell program that does the steps that the test gives it, one after
 * the other, and needs neither a model nor a key. It does what real agents do, the bad habits
 * included.
 *
 * <pre>{@code
 * Agent agent = ScriptedAgent.builder()
 *     .echoPrompt()
 *     .write("src/login.txt", "fixed\n")
 *     .succeed("Fixed the login.")
 *     .build();
 * }</pre>
 *
 * <p>The sandbox needs {@code sh}, {@code sed} and coreutils (or busybox), and {@code setsid} for
 * {@link Builder#startDaemon}. The program finds the model, the session to go on with and the most
 * turns in {@code SCRIPTED_MODEL}, {@code SCRIPTED_RESUME} and {@code SCRIPTED_MAX_TURNS}. A task
 * succeeds when the program exits with 0, or is ended after its last word, and that word was {@link
 * Builder#succeed}.
 *
 * <p>Immutable, safe for use by several threads.
 */
public final class ScriptedAgent implements Agent {
  /** The id of an agent that was given no other. */
  public static final String ID = "scripted";

  private static final String VERSION = "1";

  private final String id;
  private final List<String> argv;
  private final Duration grace;
  private final Optional<String> keyVariable;
  private final Optional<String> keyDescriptor;

  private ScriptedAgent(Builder builder) {
    id = builder.id;
    argv = builder.argv();
    grace = builder.grace;
    keyVariable = builder.keyVariable;
    keyDescriptor = builder.keyDescriptor;
  }

  /** Returns a builder of an agent with the id {@value #ID} that does nothing yet. */
  public static Builder builder() {
    return builder(ID);
  }

  /**
   * Returns a builder of an agent that does nothing yet.
   *
   * @param id by which it is chosen: lower-case letters, digits and hyphens
   */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String displayName() {
    return "Scripted agent";
  }

  /** Returns a program that is always there. */
  @Override
  public List<Software> software(Environment host) {
    return List.of(new Software(id, VERSION, "echo " + VERSION, "true", Map.of()));
  }

  @Override
  public Launch launch(Request request) {
    Map<String, String> environment = new TreeMap<>();
    request.model().ifPresent(model -> environment.put("SCRIPTED_MODEL", model));
    request.resumeSession().ifPresent(session -> environment.put("SCRIPTED_RESUME", session));
    request
        .maxTurns()
        .ifPresent(turns -> environment.put("SCRIPTED_MAX_TURNS", Integer.toString(turns)));
    return Launch.builder(argv)
        .environment(environment)
        .secretVariables(secret(request, keyVariable))
        .secretDescriptors(secret(request, keyDescriptor))
        .endMarker(List.of(ScriptedLines.RESULT))
        .grace(grace)
        .build();
  }

  private static Map<String, Secret> secret(Request request, Optional<String> name) {
    if (name.isEmpty()) {
      return Map.of();
    }
    Secret secret =
        request
            .secret(name.get())
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "The scripted agent needs a key: give the secret or set " + name.get()));
    return Map.of(name.get(), secret);
  }

  @Override
  public Parser parser() {
    return line -> List.of(ScriptedLines.parse(line));
  }

  @Override
  public Verdict assess(Ending ending) {
    if (ending.exitCode().orElse(0) != 0) {
      return Verdict.failure(
          "The scripted agent exited with " + ending.exitCode().getAsInt() + ".");
    }
    return ending
        .lastResult()
        .map(result -> result.success() ? Verdict.SUCCESS : Verdict.failure(result.text()))
        .orElseGet(() -> Verdict.failure("The scripted agent ended without a result."));
  }

  @Override
  public Optional<String> credential(Environment host) {
    return keyVariable
        .or(() -> keyDescriptor)
        .filter(name -> host.variable(name).isPresent())
        .map(name -> "the variable " + name);
  }

  /** Builds a {@link ScriptedAgent}: each method adds a step, unless it says otherwise. */
  public static final class Builder {
    private final String id;
    private final StringBuilder script = new StringBuilder("set -u\n");
    private final List<String> arguments = new ArrayList<>();
    private Duration grace = Duration.ofSeconds(1);
    private Optional<String> keyVariable = Optional.empty();
    private Optional<String> keyDescriptor = Optional.empty();

    private Builder(String id) {
      this.id = id;
    }

    /** Reads the prompt, and says it word for word, as a {@link TaskEvent.Message}. */
    public Builder echoPrompt() {
      return step(ScriptedLines.ENCODE);
    }

    /** Says something. */
    public Builder say(String text) {
      return emit(new TaskEvent.Message(text));
    }

    /** Says the value of a variable of its environment, which is empty when it is not set. */
    public Builder sayVariable(String name) {
      return step(
          "value=$(printenv \"$1\") || :; printf %s \"$value\" | " + ScriptedLines.ENCODE, name);
    }

    /**
     * Says what can be read from the file descriptor whose number a variable of its environment
     * holds.
     */
    public Builder sayDescriptor(String name) {
      return step("cat \"/dev/fd/$(printenv \"$1\")\" | " + ScriptedLines.ENCODE, name);
    }

    /**
     * Prints the line of an event.
     *
     * @throws IllegalArgumentException when it is not a session, message, tool use, tool result or
     *     result
     */
    public Builder emit(TaskEvent event) {
      return printLine(ScriptedLines.format(event));
    }

    /** Gives its last word: that it succeeded. Does not end the program. */
    public Builder succeed(String text) {
      return emit(result(true, text));
    }

    /** Gives its last word: that it failed. Does not end the program. */
    public Builder fail(String text) {
      return emit(result(false, text));
    }

    /** Prints a line as it is to the standard output, which is no event that it knows. */
    public Builder printLine(String line) {
      return step("printf '%s\\n' \"$1\"", line);
    }

    /** Prints a line to the standard error. */
    public Builder printError(String line) {
      return step("printf '%s\\n' \"$1\" >&2", line);
    }

    /** Prints one line of so many bytes, all of them {@code x}. */
    public Builder printLongLine(long bytes) {
      return step("head -c \"$1\" /dev/zero | tr '\\0' x; echo", Long.toString(bytes));
    }

    /**
     * Writes a file, and the directories above it.
     *
     * @param path relative to the workspace
     */
    public Builder write(String path, String content) {
      return step(
          "case \"$1\" in */*) mkdir -p -- \"./${1%/*}\" ;; esac; printf %s \"$2\" > \"./$1\"",
          path, content);
    }

    /** Runs a command, whose output becomes the program's; how it ends does not matter. */
    public Builder run(String... command) {
      return step("\"$@\" < /dev/null || :", command);
    }

    /** Becomes a shell that runs the prompt: the last step, and one for a test with many tasks. */
    public Builder runPrompt() {
      return step("exec sh");
    }

    /**
     * Goes on when a file exists.
     *
     * @param path relative to the workspace
     */
    public Builder awaitFile(String path) {
      return step("until test -e \"./$1\"; do sleep 0.05; done", path);
    }

    /** From here on, pays no heed to being asked to end. */
    public Builder ignoreSignals() {
      return step("trap '' HUP INT TERM");
    }

    /**
     * Starts a process in a session of its own that goes on for an hour and pays no heed to being
     * asked to end.
     *
     * @param path where its process id is written, relative to the workspace
     */
    public Builder startDaemon(String path) {
      return step(
          "setsid sh -c 'trap \"\" HUP INT TERM; echo $$ > \"./$1\"; exec sleep 3600' sh \"$1\""
              + " > /dev/null 2>&1 < /dev/null & until test -s \"./$1\"; do sleep 0.05; done",
          path);
    }

    /** Ends the program. */
    public Builder exit(int code) {
      return step("exit \"$1\"", Integer.toString(code));
    }

    /** Ends the program by a signal, such as 9. */
    public Builder dieOf(int signal) {
      return step("kill \"-$1\" $$; sleep 60", Integer.toString(signal));
    }

    /** Never ends. */
    public Builder hang() {
      return step("while :; do sleep 1; done");
    }

    /** Makes the agent need a key, which it gets in the variable of that name. Is no step. */
    public Builder key(String name) {
      keyVariable = Optional.of(name);
      return this;
    }

    /**
     * Makes the agent need a key, which it reads from the descriptor whose number it gets in the
     * variable of that name. Is no step.
     */
    public Builder keyByDescriptor(String name) {
      keyDescriptor = Optional.of(name);
      return this;
    }

    /** Sets how long the program may go on after its last word; default one second. Is no step. */
    public Builder grace(Duration time) {
      grace = time;
      return this;
    }

    /** Returns the agent. */
    public ScriptedAgent build() {
      return new ScriptedAgent(this);
    }

    /** Texts reach the program as arguments, so that no shell reads what a test chose. */
    private Builder step(String body, String... texts) {
      script.append("step() {\n").append(body).append("\n}\nstep");
      for (String text : texts) {
        arguments.add(text);
        script.append(" \"${").append(arguments.size()).append("}\"");
      }
      script.append('\n');
      return this;
    }

    private List<String> argv() {
      List<String> argv = new ArrayList<>(List.of("sh", "-c", script.toString(), "scripted"));
      argv.addAll(arguments);
      return argv;
    }

    private static TaskEvent.Result result(boolean success, String text) {
      return new TaskEvent.Result(
          success,
          text,
          Optional.of("scripted-session"),
          OptionalDouble.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }
}
