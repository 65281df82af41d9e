package dev.dispense.testkit.daytona.ssh;

import dev.dispense.testkit.daytona.cloud.ContainerProcess;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.TerminalProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** What runs in the sandbox for one channel of SSH. */
final class SshCommand implements Command {
  private static final int CHUNK = 1 << 15;
  private static final String RUN = TerminalProcess.SHELL + "exec $shell -c \"$1\"";
  private static final String SHELL = TerminalProcess.SHELL + "exec $shell -l";

  private final Optional<Machine> machine;
  private final Kind kind;
  private final String command;
  private @Nullable InputStream input;
  private @Nullable OutputStream output;
  private @Nullable OutputStream errors;
  private @Nullable ExitCallback exit;
  private @Nullable ContainerProcess process;

  SshCommand(Optional<Machine> machine, Kind kind, String command) {
    this.machine = machine;
    this.kind = kind;
    this.command = command;
  }

  @Override
  public void setInputStream(InputStream stream) {
    input = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    output = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    errors = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    if (machine.isEmpty()) {
      stream(errors).write("The sandbox is not started.\r\n".getBytes(StandardCharsets.UTF_8));
      stream(errors).flush();
      exited(1);
      return;
    }
    Machine where = machine.get();
    ContainerProcess started = process(where, environment);
    process = started;
    where.sandbox().opened();
    where.fork(() -> send(started));
    CountDownLatch told = new CountDownLatch(1);
    where.fork(
        () -> {
          copy(started.errors(), stream(errors));
          told.countDown();
        });
    where.fork(() -> finish(where, started, told));
  }

  @Override
  public void destroy(ChannelSession channel) {
    ContainerProcess running = process;
    machine.ifPresent(
        where -> {
          if (running != null) {
            where.fork(() -> where.ended(running));
          }
        });
  }

  private ContainerProcess process(Machine where, Environment environment) throws IOException {
    Map<String, String> variables = new LinkedHashMap<>(environment.getEnv());
    variables.remove(Environment.ENV_USER);
    String columns = variables.remove(Environment.ENV_COLUMNS);
    String rows = variables.remove(Environment.ENV_LINES);
    if (kind == Kind.SFTP) {
      return where.exec(Map.of(), "", SftpProgram.COMMAND);
    }
    if (columns == null || rows == null) {
      List<String> argv =
          kind == Kind.SHELL ? List.of("sh", "-c", SHELL) : List.of("sh", "-c", RUN, "sh", command);
      return where.exec(variables, "", argv);
    }
    TerminalProcess terminal = TerminalProcess.start(where, variables, "", command, rows, columns);
    environment.addSignalListener(
        (channel, signal) -> where.fork(() -> resize(terminal, environment.getEnv())),
        Signal.WINCH);
    return terminal.process();
  }

  private static void resize(TerminalProcess terminal, Map<String, String> size) {
    try {
      terminal.resize(
          size.getOrDefault(Environment.ENV_LINES, "24"),
          size.getOrDefault(Environment.ENV_COLUMNS, "80"));
    } catch (IOException e) {
      // The terminal has ended meanwhile.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(ContainerProcess started) {
    InputStream from = input;
    if (from != null) {
      copy(from, started.input());
    }
    try {
      started.input().close();
    } catch (IOException e) {
      // The process has ended before it read all.
    }
  }

  private void finish(Machine where, ContainerProcess started, CountDownLatch told) {
    try {
      copy(started.output(), stream(output));
      told.await();
      exited(started.await());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      where.ended(started);
      where.sandbox().closed();
    }
  }

  private void exited(int code) {
    ExitCallback callback = exit;
    if (callback != null) {
      callback.onExit(code);
    }
  }

  private static OutputStream stream(@Nullable OutputStream stream) {
    return stream == null ? OutputStream.nullOutputStream() : stream;
  }

  private static void copy(InputStream from, OutputStream to) {
    byte[] chunk = new byte[CHUNK];
    try {
      for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
        to.write(chunk, 0, read);
        to.flush();
      }
    } catch (IOException e) {
      // One of both ends has ended: nothing more can be copied.
    }
  }

  /** What a channel may be opened for. */
  enum Kind {
    SHELL,
    COMMAND,
    SFTP
  }
}
