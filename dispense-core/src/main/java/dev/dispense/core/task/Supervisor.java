package dev.dispense.core.task;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.ExecResult;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.SandboxName;
import dev.dispense.Secret;
import dev.dispense.Streams;
import dev.dispense.TaskSpec;
import dev.dispense.core.io.LineOutput;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.TaskTag;
import dev.dispense.support.BoundedOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The client side of {@code supervisor.sh}, the program that runs tasks in a sandbox. Each method
 * is one command in the sandbox.
 */
public final class Supervisor {
  private static final int NO_SUCH_TASK = 3;

  private final SandboxConnection connection;
  private final SandboxName name;
  private final String program;

  public Supervisor(SandboxConnection connection, SandboxName name) {
    this.connection = connection;
    this.name = name;
    this.program = program(connection.layout());
  }

  /**
   * Puts the program into a directory of this machine, to be mounted: so it is there when the
   * sandbox starts, and the agent cannot change it.
   */
  public static Mount mount(Path directory, SandboxLayout layout) {
    Path file = directory.resolve("supervisor");
    try {
      Files.write(file, script());
    } catch (IOException e) {
      throw new DispenseException("Tried to write " + file + " but failed because " + e, e);
    }
    return new Mount(file, program(layout), true);
  }

  private static String program(SandboxLayout layout) {
    return layout.dispense() + "/supervisor";
  }

  /** Puts the program into the sandbox, where it is not mounted. */
  public void install() {
    ExecResult result =
        connection.exec(
            Command.of(
                "sh",
                "-c",
                "cat >\"$1.new\" && chmod 700 \"$1.new\" && mv \"$1.new\" \"$1\"",
                "sh",
                program),
            script());
    check(result, "install the supervisor");
  }

  public boolean isInstalled() {
    return connection.exec(Command.of("test", "-e", program)).isSuccess();
  }

  private static byte[] script() {
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    for (String part : List.of("variables.sh", "processes.sh", "answers.sh", "supervisor.sh")) {
      try (InputStream in = Supervisor.class.getResourceAsStream(part)) {
        if (in == null) {
          throw new IllegalStateException(part + " is missing in the jar");
        }
        in.transferTo(script);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return script.toByteArray();
  }

  /**
   * Starts a task, now or behind the tasks before it, and returns its id.
   *
   * @param pass what it is known by at the gateway, where there is one
   */
  public int submit(TaskSpec spec, String agent, Agent.Launch launch, Optional<TaskTag> pass) {
    List<String> argv = command("submit", connection.layout().secrets());
    argv.addAll(launch.argv());
    ExecResult result =
        connection.exec(
            Command.of(argv).withEnvironment(launch.environment()),
            input(spec, agent, launch, pass));
    check(result, "start a task");
    try {
      return Integer.parseInt(result.stdout().strip());
    } catch (NumberFormatException e) {
      throw new DispenseException(
          "Tried to start a task in the sandbox '%s' but its supervisor answered: %s"
              .formatted(name, PrintableText.printable(result.stdout(), 200)),
          e);
    }
  }

  private static byte[] input(
      TaskSpec spec, String agent, Agent.Launch launch, Optional<TaskTag> pass) {
    List<String> lines = new ArrayList<>();
    lines.add("agent " + agent);
    lines.add("title " + PrintableText.printable(spec.prompt(), 120));
    lines.add("timeout " + Math.max(1, spec.timeout().toSeconds()));
    lines.add("grace " + launch.grace().toSeconds());
    lines.add("parallel " + (spec.parallel() ? 1 : 0));
    spec.resume().ifPresent(id -> lines.add("resume " + id));
    pass.ifPresent(it -> lines.add("pass " + it.value()));
    launch.endMarker().forEach(marker -> lines.add("marker " + marker));
    launch.secretVariables().forEach((name, secret) -> addSecret(lines, "variable", name, secret));
    launch
        .secretDescriptors()
        .forEach((name, secret) -> addSecret(lines, "descriptor", name, secret));
    lines.add("prompt");
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    input.writeBytes(spec.prompt().getBytes(StandardCharsets.UTF_8));
    return input.toByteArray();
  }

  private static void addSecret(List<String> lines, String kind, String name, Secret secret) {
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "not the name of a variable: " + PrintableText.printable(name, 60));
    }
    lines.add(kind + " " + name);
    lines.add(secret.reveal());
  }

  public List<TaskReport> status() {
    TaskReport.Reader reader = new TaskReport.Reader();
    LineOutput lines = new LineOutput((line, omitted) -> reader.read(line));
    BoundedOutput stderr = BoundedOutput.failingOver(SandboxConnection.SHORT_OUTPUT);
    int exitCode = connection.exec(Command.of(command("status")), Streams.of(lines, stderr));
    lines.finish();
    check(new ExecResult(exitCode, "", stderr.toString()), "list the tasks");
    return reader.reports();
  }

  public TaskReport status(int id) {
    return describe(Command.of(command("status", id)), id);
  }

  /** Waits for the end of a task; the task goes on when the time is up first. */
  TaskReport await(int id, Optional<Duration> timeout) {
    Command command = Command.of(command("wait", id));
    return describe(timeout.map(command::within).orElse(command), id);
  }

  private TaskReport describe(Command command, int id) {
    return report(connection.exec(command), id, "look at task " + id);
  }

  private TaskReport report(ExecResult result, int id, String what) {
    checkTask(result.exitCode(), id);
    check(result, what);
    List<TaskReport> reports = TaskReport.parse(result.stdout());
    if (reports.size() != 1) {
      throw new DispenseException(
          "The supervisor of the sandbox '%s' gave no report of task %d.".formatted(name, id));
    }
    return reports.get(0);
  }

  /**
   * Writes one of a task's files from an offset in bytes.
   *
   * @param file {@code output}, {@code errors} or {@code prompt}
   * @param follow whether to go on until the task has ended
   * @param timeout how long at the most; the task goes on when the time is up first
   * @return how the task stands after that
   */
  TaskReport log(
      int id,
      String file,
      long offset,
      boolean follow,
      Optional<Duration> timeout,
      OutputStream out) {
    BoundedOutput end = BoundedOutput.failingOver(SandboxConnection.SHORT_OUTPUT);
    List<String> argv = command("log", id, file, offset, follow ? 1 : 0);
    Command command = Command.of(argv);
    int exitCode =
        connection.exec(timeout.map(command::within).orElse(command), Streams.of(out, end));
    String said = end.toString();
    return report(new ExecResult(exitCode, said, said), id, "read the log of task " + id);
  }

  void cancel(int id) {
    ExecResult result = connection.exec(Command.of(command("cancel", id)));
    checkTask(result.exitCode(), id);
    check(result, "cancel task " + id);
  }

  private List<String> command(Object... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", program));
    for (Object argument : arguments) {
      argv.add(argument.toString());
    }
    return argv;
  }

  private void checkTask(int exitCode, int id) {
    if (exitCode == NO_SUCH_TASK) {
      throw new NotFoundException(
          "There is no task %d in the sandbox '%s'. See which there are.".formatted(id, name),
          null,
          new DispenseException.Hint.ListTasks(name));
    }
  }

  private void check(ExecResult result, String what) {
    if (!result.isSuccess()) {
      throw new DispenseException(
          "Tried to %s in the sandbox '%s' but failed with exit code %d: %s"
              .formatted(
                  what, name, result.exitCode(), PrintableText.printable(result.stderr(), 500)));
    }
  }
}
