package dev.dispense.cli.terminal;

import dev.dispense.Changes;
import dev.dispense.Risk;
import java.util.List;

/** Says what a person should look at in the work of an agent. */
public final class RiskPrinter {
  private static final int SHOWN = 50;

  private RiskPrinter() {}

  /** Prints the risks, if there are any; the ones that stop an apply or a merge come first. */
  public static void print(Changes changes, Printer out) {
    List<Risk> risks = changes.risks();
    if (risks.isEmpty()) {
      return;
    }
    out.line("Look at these before you use the work:");
    risks.stream().limit(SHOWN).forEach(risk -> out.line("  " + risk));
    if (risks.size() > SHOWN) {
      out.line("  and %d more".formatted(risks.size() - SHOWN));
    }
  }
}
