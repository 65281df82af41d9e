package dev.dispense.cli.terminal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Attributes.OutputFlag;
import org.jline.terminal.Terminal;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;

/** The terminal of this process in the mode that POSIX calls raw, as cfmakeraw(3) sets it. */
final class JlineRawTerminal implements Console.RawTerminal {
  private static final String RESIZED = "WINCH";

  private final Terminal terminal;
  private @Nullable Object handler;

  JlineRawTerminal(Terminal terminal) {
    this.terminal = terminal;
    // JLine's own raw mode keeps ISIG and OPOST: Ctrl-C would end us, and line feeds become
    // returns.
    Attributes raw = new Attributes(terminal.getAttributes());
    raw.setInputFlags(
        EnumSet.of(
            InputFlag.IGNBRK,
            InputFlag.BRKINT,
            InputFlag.PARMRK,
            InputFlag.ISTRIP,
            InputFlag.INLCR,
            InputFlag.IGNCR,
            InputFlag.ICRNL,
            InputFlag.IXON),
        false);
    raw.setOutputFlag(OutputFlag.OPOST, false);
    raw.setLocalFlags(
        EnumSet.of(
            LocalFlag.ECHO, LocalFlag.ECHONL, LocalFlag.ICANON, LocalFlag.ISIG, LocalFlag.IEXTEN),
        false);
    raw.setControlChar(ControlChar.VMIN, 1);
    raw.setControlChar(ControlChar.VTIME, 0);
    terminal.setAttributes(raw);
  }

  @Override
  public Size size() {
    return new Size(Math.max(1, terminal.getColumns()), Math.max(1, terminal.getRows()));
  }

  @Override
  public void onResize(Consumer<Size> listener) {
    Object replaced = Signals.register(RESIZED, () -> listener.accept(size()));
    if (handler == null) {
      handler = replaced;
    }
  }

  @Override
  public String type() {
    return terminal.getType();
  }

  @Override
  public void close() {
    if (handler != null) {
      Signals.unregister(RESIZED, handler);
      handler = null;
    }
    try {
      // Restores the attributes that it had when it was opened.
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
