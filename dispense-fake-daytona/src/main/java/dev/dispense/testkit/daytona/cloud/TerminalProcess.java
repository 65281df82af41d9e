package dev.dispense.testkit.daytona.cloud;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A process at a terminal of its own, in a container, made by the command {@code script}. */
public final class TerminalProcess {
  /** The shell that the toolbox takes. */
  public static final String SHELL =
      "for shell in zsh bash sh; do command -v $shell >/dev/null 2>&1 && break; done; ";

  private static final String START =
      SHELL
          + "export shell; exec script -qefc 'stty rows \"$DAYTONA_ROWS\" cols \"$DAYTONA_COLS\";"
          + " tty >\"$DAYTONA_TTY\"; command=$DAYTONA_COMMAND;"
          + " unset DAYTONA_ROWS DAYTONA_COLS DAYTONA_TTY DAYTONA_COMMAND;"
          + " if [ -n \"$command\" ]; then exec $shell -c \"$command\"; fi; exec $shell -il'"
          + " /dev/null";

  private static final String RESIZE =
      "i=0; while [ ! -s \"$1\" ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done;"
          + " stty rows \"$2\" cols \"$3\" <\"$(cat -- \"$1\")\"";

  private final Machine machine;
  private final ContainerProcess process;
  private final String file;

  private TerminalProcess(Machine machine, ContainerProcess process, String file) {
    this.machine = machine;
    this.process = process;
    this.file = file;
  }

  /**
   * Starts a command, or a shell when it is empty.
   *
   * @throws IOException when the directory does not exist, or the container has ended
   */
  public static TerminalProcess start(
      Machine machine,
      Map<String, String> environment,
      String directory,
      String command,
      String rows,
      String columns)
      throws IOException {
    String file = "/tmp/.daytona-pty-" + UUID.randomUUID();
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("TERM", "xterm-256color");
    variables.putAll(environment);
    variables.put("DAYTONA_ROWS", rows);
    variables.put("DAYTONA_COLS", columns);
    variables.put("DAYTONA_TTY", file);
    variables.put("DAYTONA_COMMAND", command);
    ContainerProcess process = machine.exec(variables, directory, List.of("sh", "-c", START));
    if (process.nowhere()) {
      throw new IOException("There is no such directory.");
    }
    return new TerminalProcess(machine, process, file);
  }

  public ContainerProcess process() {
    return process;
  }

  public void resize(String rows, String columns) throws IOException, InterruptedException {
    machine.run(RESIZE, file, rows, columns);
  }
}
