package dev.dispense.daytona.exec;

import dev.dispense.DispenseException;
import dev.dispense.daytona.http.Backoff;
import dev.dispense.daytona.sandbox.Toolbox;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

/** The connection with a terminal, which can be opened anew as long as nothing has begun. */
final class TerminalConnection implements AutoCloseable {
  private static final int ATTEMPTS = 6;

  private final Toolbox toolbox;
  private final String machineId;
  private final String id;
  private final String doing;
  private final Supplier<WebSocketListener> listeners;
  private final AtomicReference<@Nullable WebSocket> socket = new AtomicReference<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final Backoff backoff = new Backoff();
  private volatile boolean isClosed;

  /**
   * @param id of the terminal
   * @param listeners make one for each attempt
   */
  TerminalConnection(
      Toolbox toolbox,
      String machineId,
      String id,
      String doing,
      Supplier<WebSocketListener> listeners) {
    this.toolbox = toolbox;
    this.machineId = machineId;
    this.id = id;
    this.doing = doing;
    this.listeners = listeners;
  }

  void open() {
    socket.set(toolbox.connect(machineId, doing, id, listeners.get()));
    if (isClosed) {
      close();
    }
  }

  /** Opens it anew after a while; returns whether that was tried. */
  boolean openAgain() {
    if (isClosed || attempts.incrementAndGet() >= ATTEMPTS) {
      return false;
    }
    try {
      toolbox.rest(backoff);
      open();
      return true;
    } catch (DispenseException e) {
      return false;
    }
  }

  /** Cuts it. */
  @Override
  public void close() {
    isClosed = true;
    WebSocket open = socket.get();
    if (open != null) {
      open.cancel();
    }
  }
}
