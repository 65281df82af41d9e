package dev.dispense.daytona.exec;

import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.support.SizeFollower;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a terminal in a sandbox in the size of the caller's, and follows that.
 *
 * @param first the size in which it is opened
 */
record TerminalSize(
    Toolbox toolbox,
    String machineId,
    String id,
    Streams.Terminal terminal,
    Streams.Terminal.Size first)
    implements SizeFollower.Target {
  private static final Logger LOG = LoggerFactory.getLogger(TerminalSize.class);

  /** The most that the service takes. */
  private static final int MOST = 1000;

  static TerminalSize open(
      Toolbox toolbox, String machineId, String id, Streams.Terminal terminal, String doing) {
    TerminalSize size = new TerminalSize(toolbox, machineId, id, terminal, terminal.size());
    toolbox.openTerminal(machineId, doing, id, most(size.first.columns()), most(size.first.rows()));
    return size;
  }

  /** Follows each later size until what is returned is closed. */
  SizeFollower follow() {
    return SizeFollower.start(terminal, Optional.of(first), this);
  }

  @Override
  public boolean resize(Streams.Terminal.Size next) {
    try {
      toolbox.resizeTerminal(
          machineId, "resize a terminal", id, most(next.columns()), most(next.rows()));
    } catch (DispenseException e) {
      // The service has been asked again already, as often as makes sense.
      LOG.debug("A terminal was not resized", e);
    }
    return true;
  }

  private static int most(int characters) {
    return Math.min(characters, MOST);
  }
}
