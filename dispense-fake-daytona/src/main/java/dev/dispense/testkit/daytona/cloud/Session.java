package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.http.ApiError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A shell that runs one command after the other, and writes down what they print. A command is part
 * of the shell: one that exits ends the shell, and its exit code is never known.
 */
public final class Session {
  private static final long GRACE_SECONDS = 5;
  private static final String READ_COMMANDS = TerminalProcess.SHELL + "exec $shell";
  private static final String MAKE =
      "d=$HOME/.daytona/sessions/$1; rm -rf -- \"$d\"; mkdir -p -- \"$d\" && printf %s \"$d\"";

  /** Says the exit code, when it is known. */
  private static final String EXIT_CODE = "cat -- \"$1/exit_code\" 2>/dev/null";

  /** Waits for the exit code, and a little for what was printed before it. */
  private static final String AWAIT =
      "while [ ! -f \"$1/exit_code\" ] && [ -d \"$1\" ]; do sleep 0.05; done; i=0;"
          + " while [ ! -f \"$1/ended.1\" -o ! -f \"$1/ended.2\" ] && [ $i -lt 20 ];"
          + " do sleep 0.05; i=$((i + 1)); done; ";

  /** Prints what is new, until the command has ended and all was printed. */
  private static final String FOLLOW =
      "at=0; late=0; while [ -d \"$1\" ]; do ended=no;"
          + " if [ -f \"$1/exit_code\" ]; then late=$((late + 1));"
          + " [ -f \"$1/ended.1\" ] && [ -f \"$1/ended.2\" ] && ended=yes;"
          + " [ $late -gt 10 ] && ended=yes; fi;"
          + " size=$(wc -c <\"$1/output.log\" 2>/dev/null || echo 0);"
          + " if [ $size -gt $at ]; then"
          + " tail -c +$((at + 1)) \"$1/output.log\" | head -c $((size - at)); at=$size;"
          + " elif [ $ended = yes ]; then exit; else sleep 0.1; fi; done";

  private static final String LOG = "cat -- \"$1/output.log\"";
  private static final String WAIT_AND_LOG = AWAIT + LOG;

  private final Machine machine;
  private final String directory;
  private final ContainerProcess shell;
  private final Map<String, Command> commands = new LinkedHashMap<>();

  private Session(Machine machine, String directory, ContainerProcess shell) {
    this.machine = machine;
    this.directory = directory;
    this.shell = shell;
  }

  public static Session open(Machine machine, String id) throws IOException, InterruptedException {
    String directory = machine.run(MAKE, id.replaceAll("[^\\w.-]", "_")).text();
    ContainerProcess shell = machine.exec(Map.of(), "", List.of("sh", "-c", READ_COMMANDS));
    return new Session(machine, directory, shell);
  }

  /** Gives a command to the shell, which runs it when it has ended those before. */
  public synchronized Command execute(String text, boolean suppressEcho) {
    Command command = new Command(UUID.randomUUID().toString(), text, suppressEcho);
    commands.put(command.id, command);
    try {
      shell.input().write(script(command).getBytes(StandardCharsets.UTF_8));
      shell.input().flush();
    } catch (IOException e) {
      throw new ApiError(500, "failed to write command: the session has ended");
    }
    return command;
  }

  public synchronized List<Command> commands() {
    return List.copyOf(commands.values());
  }

  public synchronized Command command(String id) {
    Command command = commands.get(id);
    if (command == null) {
      throw ApiError.notFound("command not found");
    }
    return command;
  }

  public OptionalInt exitCode(Command command) throws IOException, InterruptedException {
    Integer known = command.exitCode;
    if (known == null) {
      String text = machine.run(EXIT_CODE, directory(command)).text().strip();
      if (text.isEmpty()) {
        return OptionalInt.empty();
      }
      known = Integer.parseInt(text);
      command.exitCode = known;
    }
    return OptionalInt.of(known);
  }

  public byte[] log(Command command) throws IOException, InterruptedException {
    return machine.run(LOG, directory(command)).output();
  }

  /** Waits for the end of a command, and returns its log. */
  public byte[] await(Command command) throws IOException, InterruptedException {
    return machine.run(WAIT_AND_LOG, directory(command)).output();
  }

  /** Returns a process that prints the log, and ends soon after the command has. */
  public ContainerProcess follow(Command command) throws IOException {
    return machine.exec(Map.of(), "/", List.of("sh", "-c", FOLLOW, "sh", directory(command)));
  }

  public void input(Command command, String data) throws IOException, InterruptedException {
    if (exitCode(command).isPresent()) {
      throw new ApiError(410, "command has already completed");
    }
    String text = data.endsWith("\n") ? data : data + "\n";
    String echo =
        command.suppressEcho ? "" : "printf '\\001\\001\\001%s' \"$2\" >>\"$1/output.log\"; ";
    machine.run(echo + "printf %s \"$2\" >\"$1/in\"", directory(command), text);
  }

  /** Ends the shell and what it runs: first asks, and after some time kills. */
  public void delete() throws IOException, InterruptedException {
    shell.signal("TERM");
    if (!shell.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
      shell.signal("KILL");
    }
    machine.ended(shell);
    machine.run("rm -rf -- \"$1\"", directory);
  }

  private String directory(Command command) {
    return directory + "/" + command.id;
  }

  /** Marks each line of both outputs; bytes that a shell's read does not take are lost. */
  private String script(Command command) {
    String d = "'" + directory(command).replace("'", "'\\''") + "'";
    return "mkdir -p "
        + d
        + "; mkfifo "
        + d
        + "/in "
        + d
        + "/out "
        + d
        + "/err; : >"
        + d
        + "/output.log\n"
        + reader(d, "out", 1)
        + reader(d, "err", 2)
        + "{\n"
        + command.text
        + "\n} 0<>"
        + d
        + "/in >"
        + d
        + "/out 2>"
        + d
        + "/err\n"
        + "echo $? >"
        + d
        + "/exit_code.new; mv "
        + d
        + "/exit_code.new "
        + d
        + "/exit_code\n";
  }

  private static String reader(String d, String pipe, int mark) {
    String marks = ("\\00" + mark).repeat(3);
    return "{ while IFS= read -r line || [ -n \"$line\" ]; do printf '"
        + marks
        + "%s\\n' \"$line\"; done; : >"
        + d
        + "/ended."
        + mark
        + "; } <"
        + d
        + "/"
        + pipe
        + " >>"
        + d
        + "/output.log 2>/dev/null &\n";
  }

  /** A command that the shell was given. */
  public static final class Command {
    public final String id;
    public final String text;
    final boolean suppressEcho;
    @Nullable volatile Integer exitCode;

    Command(String id, String text, boolean suppressEcho) {
      this.id = id;
      this.text = text;
      this.suppressEcho = suppressEcho;
    }
  }
}
