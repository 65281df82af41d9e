package dev.dispense.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All figures, for people and for programs.
 *
 * @param machine where they are from
 * @param runs how many runs each median is of
 * @param figures in the order in which they were measured
 */
record Report(Map<String, String> machine, int runs, List<Figure> figures) {
  private static final List<String> HEAD =
      List.of("MEASURED", "DISPENSE", "RAW", "FIGURE", "TARGET", "MET");

  /** Returns a table, with the machine above it. */
  String table() {
    StringBuilder text = new StringBuilder();
    machine.forEach((name, value) -> text.append("%-22s%s\n".formatted(name, value)));
    text.append("\nMedians of %d runs, Dispense and the raw tool in turn.\n\n".formatted(runs));
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    figures.forEach(figure -> rows.add(row(figure)));
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(width(rows, i) - row.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static List<String> row(Figure figure) {
    return List.of(
        figure.what(),
        figure.dispense().text(),
        figure.raw().map(Series::text).orElse(""),
        Series.text(figure.value(), figure.unit()),
        figure.target().map(target -> target.text(figure.unit())).orElse(""),
        figure.target().isEmpty() ? "" : figure.isMet() ? "yes" : "NO");
  }

  /** Writes all figures with every single run, as JSON. */
  void writeJson(Path file) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    machine.forEach(root.putObject("machine")::put);
    root.put("runs", runs);
    for (Figure figure : figures) {
      ObjectNode node = root.withArray("figures").addObject();
      node.put("what", figure.what());
      node.put("value", figure.value());
      node.put("unit", figure.unit());
      figure
          .target()
          .ifPresent(
              target -> {
                node.put("target", target.text(figure.unit()));
                node.put("met", figure.isMet());
              });
      put(node.putObject("dispense"), figure.dispense());
      figure.raw().ifPresent(raw -> put(node.putObject("raw"), raw));
    }
    Files.writeString(
        file, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private static void put(ObjectNode node, Series series) {
    node.put("median", series.median());
    node.put("unit", series.unit());
    series.values().forEach(node.putArray("values")::add);
  }
}
