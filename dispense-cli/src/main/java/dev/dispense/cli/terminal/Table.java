package dev.dispense.cli.terminal;

import dev.dispense.PrintableText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of text in columns that are as wide as they must be; all of it made printable. */
public final class Table {
  private static final int MAX_WIDTH = 60;

  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  public void row(String... cells) {
    rows.add(Arrays.stream(cells).map(cell -> PrintableText.printable(cell, MAX_WIDTH)).toList());
  }

  public void printTo(Printer out) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < widths.length; column++) {
        String cell = row.get(column);
        line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
      }
      String text = line.toString().stripTrailing();
      out.line(row == rows.get(0) ? out.styled(Printer.Style.BOLD, text) : text);
    }
  }
}
