package dev.dispense.cli.terminal;

import dev.dispense.PrintableText;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Shows a diff to a person: line by line, printable, in colours. */
public final class DiffPrinter extends OutputStream {
  // A longer line is shown in pieces, so that memory is bounded.
  private static final int MAX_LINE_BYTES = 1 << 16;

  private final Printer out;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  public DiffPrinter(Printer out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    if (b == '\n') {
      printLine();
    } else {
      line.write(b);
      if (line.size() >= MAX_LINE_BYTES) {
        printLine();
      }
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  private void printLine() {
    out.line(coloured(PrintableText.printable(line.toString(StandardCharsets.UTF_8))));
    line.reset();
  }

  private String coloured(String text) {
    if (text.startsWith("diff ") || text.startsWith("+++ ") || text.startsWith("--- ")) {
      return out.styled(Printer.Style.BOLD, text);
    }
    if (text.startsWith("@@")) {
      return out.styled(Printer.Style.CYAN, text);
    }
    if (text.startsWith("+")) {
      return out.styled(Printer.Style.GREEN, text);
    }
    return text.startsWith("-") ? out.styled(Printer.Style.RED, text) : text;
  }

  /** Shows a last line that has no line break. */
  public void finish() {
    if (line.size() > 0) {
      printLine();
    }
  }
}
