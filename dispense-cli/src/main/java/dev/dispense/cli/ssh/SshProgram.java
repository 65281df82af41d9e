package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.Streams;
import dev.dispense.cli.terminal.NextStep;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** A program in the sandbox, with a channel of SSH as its terminal or its streams. */
final class SshProgram implements Command {
  private static final int FAILED = 255;

  private final Sandbox sandbox;
  private final dev.dispense.Command command;
  private final Function<Runnable, ChannelTask> starter;
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private OutputStream err = OutputStream.nullOutputStream();
  private @Nullable ExitCallback exit;
  private @Nullable ChannelTask work;

  /**
   * @param starter starts what it does
   */
  SshProgram(
      Sandbox sandbox, dev.dispense.Command command, Function<Runnable, ChannelTask> starter) {
    this.sandbox = sandbox;
    this.command = command;
    this.starter = starter;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) {
    Map<String, String> variables = new LinkedHashMap<>(environment.getEnv());
    variables.keySet().removeIf(name -> !name.equals("LANG") && !name.startsWith("LC_"));
    Streams streams =
        environment.getEnv().containsKey(Environment.ENV_COLUMNS)
            ? Streams.of(in, out, new Screen(environment))
            : Streams.of(in, out, err);
    work = starter.apply(() -> run(command.withEnvironment(variables), streams));
  }

  private void run(dev.dispense.Command placed, Streams streams) {
    int exitCode = FAILED;
    try {
      exitCode = sandbox.exec(placed, streams);
    } catch (DispenseException | IllegalArgumentException e) {
      say(NextStep.message(e));
    } finally {
      ExitCallback callback = exit;
      if (callback != null) {
        callback.onExit(exitCode);
      }
    }
  }

  private void say(String message) {
    try {
      err.write(("dispense: " + message + "\r\n").getBytes(StandardCharsets.UTF_8));
      err.flush();
    } catch (IOException e) {
      // Nobody is there to be told.
      return;
    }
  }

  /** The channel is closed: what still runs is killed. */
  @Override
  public void destroy(ChannelSession channel) {
    ChannelTask started = work;
    if (started != null) {
      started.interrupt();
    }
  }

  /** The terminal at the other end of the channel. */
  private record Screen(Environment environment) implements Streams.Terminal {
    @Override
    public Size size() {
      return new Size(number(Environment.ENV_COLUMNS, 80), number(Environment.ENV_LINES, 24));
    }

    private int number(String name, int other) {
      String text = environment.getEnv().getOrDefault(name, "");
      return text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : other;
    }

    @Override
    public void onResize(Consumer<Size> listener) {
      environment.addSignalListener((channel, signal) -> listener.accept(size()), Signal.WINCH);
    }

    @Override
    public String type() {
      String type = environment.getEnv().getOrDefault(Environment.ENV_TERM, "");
      return type.matches("[A-Za-z0-9._+-]{1,64}") ? type : "xterm";
    }
  }
}
