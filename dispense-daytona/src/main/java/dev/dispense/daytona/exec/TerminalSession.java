package dev.dispense.daytona.exec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.sandbox.LaunchScript;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.support.DaemonThread;
import dev.dispense.support.SizeFollower;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One command with a terminal. The service opens terminals with a shell only, so that shell is told
 * to become the command, and what it shows until then is held back.
 */
public final class TerminalSession {
  private static final int PIECE = 32 << 10;
  private static final int PIECES = 1024;
  private static final int SERVER_ERROR = 500;
  private static final int UPGRADED = 101;
  private static final long LOOK_MILLIS = 200;
  private static final byte[] END = new byte[0];

  private final Toolbox toolbox;
  private final String machineId;
  private final Command command;
  private final Streams streams;
  private final Streams.Terminal terminal;
  private final String doing;
  private final Runner runner = new Runner(UUID.randomUUID().toString());
  private final String greeting = "Begin " + UUID.randomUUID();
  private final BlockingQueue<byte[]> output = new ArrayBlockingQueue<>(PIECES);
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private final TerminalConnection connection;

  /** Whether the caller waits no more. */
  private volatile boolean left;

  private TerminalSession(
      Toolbox toolbox,
      String machineId,
      Command command,
      Streams streams,
      Streams.Terminal terminal) {
    this.toolbox = toolbox;
    this.machineId = machineId;
    this.command = command;
    this.streams = streams;
    this.terminal = terminal;
    this.doing = "run '" + PrintableText.printable(command.argv().get(0), 80) + "' in a terminal";
    this.connection = new TerminalConnection(toolbox, machineId, runner.id(), doing, Listener::new);
  }

  /** Runs a command as {@link dev.dispense.spi.SandboxProvider#exec} says, with a terminal. */
  public static int run(
      Toolbox toolbox,
      String machineId,
      Command command,
      Streams streams,
      Streams.Terminal terminal) {
    if (command.user().isPresent()) {
      throw new RefusedException(
          "Refused to open a terminal as another user, which this provider cannot do. Use sudo in"
              + " the sandbox, where it has that.");
    }
    return new TerminalSession(toolbox, machineId, command, streams, terminal).run();
  }

  private int run() {
    String script = LaunchScript.of(command, terminal, runner.id(), greeting);
    toolbox.upload(machineId, doing, attempt -> Map.of(file(), ByteString.encodeUtf8(script)));
    TerminalSize size = TerminalSize.open(toolbox, machineId, runner.id(), terminal, doing);
    Thread writer = daemon("output", this::writeOutput);
    try {
      connection.open();
      SizeFollower follower = size.follow();
      try {
        return Exec.await(ended, command.timeout());
      } finally {
        follower.close();
      }
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("trying to " + doing + stop(), e);
    } catch (TimeoutException e) {
      throw Exec.timedOut(doing, command, stop(), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ConnectionLostException cut
          ? cutOff(cut)
          : Exec.failure(doing, e, cause -> stop());
    } finally {
      left = true;
      writer.interrupt();
      connection.close();
    }
  }

  private DispenseException cutOff(ConnectionLostException cut) {
    return new DispenseException(
        "Tried to "
            + doing
            + " but failed because the connection with the sandbox was cut: "
            + PrintableText.printable(DispenseException.reason(cut), 200)
            + ". What ran in the terminal was killed"
            + stop()
            + ". Open another; what must outlive a connection, start as a task of the agent, or"
            + " with nohup or tmux.",
        cut);
  }

  private String file() {
    return Runner.DIRECTORY + "/" + runner.id() + ".terminal";
  }

  private static Thread daemon(String what, Runnable body) {
    return DaemonThread.start("dispense-daytona-terminal-" + what, body);
  }

  private void writeOutput() {
    PromptFilter before = new PromptFilter(greeting.replace(" ", ""));
    try {
      for (byte[] next = output.take(); next != END; next = output.take()) {
        byte[] shown = before.pass(next);
        if (shown.length > 0) {
          streams.stdout().write(shown);
          streams.stdout().flush();
        }
      }
      CompletableFuture<Integer> unused =
          closed.whenComplete(
              (code, failure) -> {
                if (failure == null) {
                  ended.complete(code);
                } else {
                  ended.completeExceptionally(failure);
                }
              });
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    } catch (InterruptedException e) {
      ended.completeExceptionally(new InterruptedIOException("the terminal was closed"));
    }
  }

  private void passInput(WebSocket socket) {
    InputStream stdin = streams.stdin().orElseThrow();
    byte[] buffer = new byte[PIECE];
    try {
      for (int read = stdin.read(buffer); read >= 0; read = stdin.read(buffer)) {
        if (!socket.send(ByteString.of(buffer, 0, read))) {
          return;
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private String stop() {
    String left = RunnerSession.stop(toolbox, machineId, runner);
    boolean interrupted = Thread.interrupted();
    try {
      toolbox.impatient().closeTerminal(machineId, "close a terminal in the sandbox", runner.id());
      return left;
    } catch (DispenseException e) {
      return left;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Hears what the service sends: a word when it is connected, output, and how the shell ended. */
  private final class Listener extends WebSocketListener {
    private boolean begun;

    @Override
    public void onMessage(WebSocket socket, String text) {
      JsonNode control = json(text);
      if (control.path("status").asText("").equals("error")) {
        end(notOpened(control.path("error").asText("no reason was given")));
      } else {
        begin(socket);
      }
    }

    @Override
    public void onMessage(WebSocket socket, ByteString bytes) {
      begin(socket);
      put(bytes.toByteArray());
    }

    /** Hands output on, unless nobody takes any more. */
    private void put(byte[] bytes) {
      try {
        boolean taken = false;
        while (!taken && !left) {
          taken = output.offer(bytes, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void begin(WebSocket socket) {
      if (!begun) {
        begun = true;
        // The blank keeps it out of the shell's history, as a rule.
        boolean unused = socket.send(ByteString.encodeUtf8(" exec sh " + file() + "\r"));
        if (streams.stdin().isPresent()) {
          Thread unusedThread = daemon("input", () -> passInput(socket));
        }
      }
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      JsonNode exitCode = json(reason).path("exitCode");
      if (exitCode.isInt()) {
        closed.complete(exitCode.intValue());
        end(null);
      } else {
        end(
            new ConnectionLostException(
                "it was closed with the code "
                    + code
                    + (reason.isEmpty() ? "" : " (" + PrintableText.printable(reason, 200) + ")"),
                null));
      }
      socket.close(code == 1000 ? code : 1000, null);
    }

    @Override
    public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
      int status = response == null ? UPGRADED : response.code();
      if (!begun && (status == UPGRADED || status >= SERVER_ERROR) && connection.openAgain()) {
        return;
      }
      if (status == UPGRADED) {
        end(new ConnectionLostException(reason(failure), failure));
      } else {
        end(notOpened("it answered with status " + status));
      }
    }

    private UnavailableException notOpened(String reason) {
      return new UnavailableException(
          "Tried to "
              + doing
              + " but failed because Daytona opened none: "
              + PrintableText.printable(reason, 300)
              + ". Try again, or use a command that needs no terminal.");
    }

    private static String reason(Throwable failure) {
      return failure instanceof Exception e ? DispenseException.reason(e) : failure.toString();
    }

    private void end(@Nullable Throwable failure) {
      if (failure != null) {
        closed.completeExceptionally(failure);
      }
      put(END);
    }
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }
}
