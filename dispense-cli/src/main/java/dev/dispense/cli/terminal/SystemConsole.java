package dev.dispense.cli.terminal;

import dev.dispense.DispenseException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jspecify.annotations.Nullable;

/**
 * The console of this process. JLine, which takes a while to load, is used only where a person sits
 * at a terminal.
 */
public final class SystemConsole implements Console {
  // The first that works is used: native calls, or else the program stty.
  private static final String PROVIDERS = "jni,exec";

  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private final OutputStream err = new FileOutputStream(FileDescriptor.err);
  private final Map<Stream, Boolean> terminals = new EnumMap<>(Stream.class);
  private @Nullable TerminalProvider provider;

  @Override
  public InputStream in() {
    return System.in;
  }

  @Override
  public OutputStream out() {
    return out;
  }

  @Override
  public OutputStream err() {
    return err;
  }

  /** Writes a line to standard error, from any thread. */
  public void say(String line) {
    try {
      err.write(("\n" + line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Nobody is there to be told.
      return;
    }
  }

  @Override
  public synchronized boolean isTerminal(Stream stream) {
    return terminals.computeIfAbsent(stream, this::askWhetherTerminal);
  }

  private boolean askWhetherTerminal(Stream stream) {
    try {
      String file =
          Files.readSymbolicLink(Path.of("/proc/self/fd/" + stream.descriptor())).toString();
      if (!file.startsWith("/dev/") || file.equals("/dev/null")) {
        return false;
      }
      if (file.startsWith("/dev/pts/") || file.startsWith("/dev/tty")) {
        return true;
      }
    } catch (IOException | UnsupportedOperationException e) {
      // There is no such file but on Linux, where it saves loading JLine.
    }
    return provider().map(known -> known.isSystemStream(systemStream(stream))).orElse(false);
  }

  @Override
  public synchronized int columns() {
    int columns =
        isTerminal(Stream.ERR)
            ? provider().map(known -> known.systemStreamWidth(SystemStream.Error)).orElse(0)
            : 0;
    return columns > 0 ? columns : 80;
  }

  private Optional<TerminalProvider> provider() {
    if (provider == null) {
      for (String name : PROVIDERS.split(",", -1)) {
        try {
          provider = TerminalProvider.load(name);
          // Makes the native library load, or fail to.
          provider.isSystemStream(SystemStream.Input);
          break;
        } catch (IOException | RuntimeException | LinkageError e) {
          provider = null;
        }
      }
    }
    return Optional.ofNullable(provider);
  }

  private static SystemStream systemStream(Stream stream) {
    return switch (stream) {
      case IN -> SystemStream.Input;
      case OUT -> SystemStream.Output;
      case ERR -> SystemStream.Error;
    };
  }

  @Override
  public LineInput openLineInput() {
    return new JlineLineInput(openTerminal());
  }

  @Override
  public RawTerminal openRaw() {
    return new JlineRawTerminal(openTerminal());
  }

  // Signals stay with the JVM: Ctrl-C at a question ends the command in the same way as elsewhere.
  private static Terminal openTerminal() {
    try {
      return TerminalBuilder.builder()
          .system(true)
          .systemOutput(TerminalBuilder.SystemOutput.SysOutOrSysErr)
          .providers(PROVIDERS)
          .nativeSignals(false)
          .dumb(false)
          // Asking the terminal what it can do leaves a late answer to be typed into a shell.
          .graphemeCluster(false)
          .build();
    } catch (IOException | IllegalStateException e) {
      throw new DispenseException(
          "Tried to open the terminal but failed: %s. Without one, give all options, and use exec."
              .formatted(e.getMessage()),
          e);
    }
  }
}
