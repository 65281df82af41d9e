package dev.dispense.testkit.daytona.cloud;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process in a container, the first of a process group of its own. */
public final class ContainerProcess {
  /** Says the process's id, or that the directory is none, on a line of its own, and goes on. */
  static final String ENTER =
      "if [ -n \"$1\" ]; then cd -- \"$1\" 2>/dev/null || { echo nowhere; exit 1; };"
          + " elif [ \"$PWD\" = / ]; then cd 2>/dev/null; fi;"
          + " shift; echo $$; exec \"$@\"";

  private static final String NOWHERE = "nowhere";
  private static final int MAX_LINE = 100;

  private final Docker docker;
  private final String container;
  private final Process process;
  private final String id;

  private ContainerProcess(Docker docker, String container, Process process, String id) {
    this.docker = docker;
    this.container = container;
    this.process = process;
    this.id = id;
  }

  static ContainerProcess of(Docker docker, String container, Process process) throws IOException {
    String line = line(process.getInputStream());
    if (!line.equals(NOWHERE) && !line.matches("[0-9]+")) {
      String error = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      throw new IOException("Nothing can be run in the container: " + line + error);
    }
    return new ContainerProcess(docker, container, process, line);
  }

  /** Whether it did not start, as its directory does not exist. */
  public boolean nowhere() {
    return id.equals(NOWHERE);
  }

  public OutputStream input() {
    return process.getOutputStream();
  }

  public InputStream output() {
    return process.getInputStream();
  }

  public InputStream errors() {
    return process.getErrorStream();
  }

  boolean alive() {
    return process.isAlive();
  }

  public int await() throws InterruptedException {
    return process.waitFor();
  }

  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    return process.waitFor(time, unit);
  }

  /** Sends a signal to the process group. */
  void signal(String signal) {
    if (!nowhere() && process.isAlive()) {
      try {
        docker.docker(
            List.of("exec", container, "sh", "-c", "kill -s \"$1\" -- \"-$2\"", "sh", signal, id));
      } catch (IOException e) {
        // The group has ended, or the container has: there is nothing left to signal.
      }
    }
  }

  /** Kills the process group, and what connects us to it. */
  public void kill() {
    signal("KILL");
    forget();
  }

  /** Drops the connection to the process, which may be in a container that is gone. */
  void forget() {
    process.destroyForcibly();
    close(process.getOutputStream());
    close(process.getInputStream());
    close(process.getErrorStream());
  }

  private static void close(Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // What was not written yet is wanted by nobody any more.
    }
  }

  private static String line(InputStream input) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = input.read(); b >= 0 && b != '\n' && line.length() < MAX_LINE; b = input.read()) {
      line.append((char) b);
    }
    return line.toString();
  }
}
