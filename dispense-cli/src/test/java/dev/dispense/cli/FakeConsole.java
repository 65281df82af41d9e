package dev.dispense.cli;

import dev.dispense.cli.terminal.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/** A console in memory: with a person who gives the answers that the test wrote, or with nobody. */
public final class FakeConsole implements Console {
  private final Set<Stream> terminals = EnumSet.noneOf(Stream.class);
  private final Queue<String> answers = new ArrayDeque<>();
  private final List<String> prompts = new ArrayList<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private InputStream in = InputStream.nullInputStream();
  private Optional<String> outputFailure = Optional.empty();
  private int open;

  public static FakeConsole withoutTerminal() {
    return new FakeConsole();
  }

  /** Returns a terminal with a person, whose input ends after the answers. */
  public static FakeConsole withAnswers(String... answers) {
    FakeConsole console = new FakeConsole();
    console.terminals.addAll(EnumSet.allOf(Stream.class));
    console.answers.addAll(Arrays.asList(answers));
    return console;
  }

  public FakeConsole withInput(String text) {
    in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public FakeConsole whoseReaderIsGone() {
    return whoseOutputFails("Broken pipe");
  }

  /** Makes every write to standard output fail for a reason. */
  FakeConsole whoseOutputFails(String reason) {
    outputFailure = Optional.of(reason);
    return this;
  }

  @Override
  public InputStream in() {
    return in;
  }

  @Override
  public OutputStream out() {
    return outputFailure.<OutputStream>map(FailingOutput::new).orElse(out);
  }

  @Override
  public OutputStream err() {
    return err;
  }

  @Override
  public boolean isTerminal(Stream stream) {
    return terminals.contains(stream);
  }

  @Override
  public int columns() {
    return 60;
  }

  @Override
  public LineInput openLineInput() {
    open++;
    return new LineInput() {
      @Override
      public Optional<String> readLine(String prompt) {
        prompts.add(prompt);
        return Optional.ofNullable(answers.poll());
      }

      @Override
      public Optional<String> readSecret(String prompt) {
        return readLine(prompt);
      }

      @Override
      public void close() {
        open--;
      }
    };
  }

  @Override
  public RawTerminal openRaw() {
    open++;
    return new RawTerminal() {
      @Override
      public Size size() {
        return new Size(100, 30);
      }

      @Override
      public void onResize(Consumer<Size> listener) {}

      @Override
      public String type() {
        return "xterm";
      }

      @Override
      public void close() {
        open--;
      }
    };
  }

  String outText() {
    return out.toString(StandardCharsets.UTF_8);
  }

  public String errText() {
    return err.toString(StandardCharsets.UTF_8);
  }

  public List<String> prompts() {
    return prompts;
  }

  boolean isTerminalRestored() {
    return open == 0;
  }

  private static final class FailingOutput extends OutputStream {
    private final String reason;

    private FailingOutput(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }
}
