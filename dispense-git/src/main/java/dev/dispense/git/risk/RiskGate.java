package dev.dispense.git.risk;

import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.Risk;
import dev.dispense.SandboxName;
import java.util.List;
import java.util.Set;

/**
 * Stops work with risks that nobody allowed.
 *
 * @param sandbox the name of the sandbox that the work is of
 * @param allowed the kinds that may pass
 */
public record RiskGate(SandboxName sandbox, Set<Risk.Kind> allowed) {
  private static final int SHOWN = 50;

  public RiskGate {
    allowed = Set.copyOf(allowed);
  }

  /**
   * Lets pass what is allowed.
   *
   * @param doing such as {@code apply the work to /project}
   * @throws RefusedException when there is more; it names each file and why
   */
  public void check(List<Risk> risks, String doing) {
    List<Risk> stopping =
        risks.stream()
            .filter(risk -> risk.kind().stops() && !allowed.contains(risk.kind()))
            .toList();
    if (stopping.isEmpty()) {
      return;
    }
    StringBuilder message = new StringBuilder();
    message.append("Tried to ").append(doing).append(" but stopped because of what is in it:\n");
    for (Risk risk : stopping.subList(0, Math.min(SHOWN, stopping.size()))) {
      message.append("  ").append(risk).append('\n');
    }
    if (stopping.size() > SHOWN) {
      message.append("  and ").append(stopping.size() - SHOWN).append(" more\n");
    }
    message.append("No file was changed. Look at each, and allow what is as it should be.");
    List<Risk.Kind> kinds = stopping.stream().map(Risk::kind).distinct().toList();
    throw new RefusedException(
        message.toString(), null, new DispenseException.Hint.AllowRisks(sandbox, kinds));
  }
}
