package app;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import java.nio.file.Path;

/** Says what Dispense finds, with a state directory of its own. */
public final class Main {
  public static void main(String[] args) {
    Environment environment = Environment.current().withStateDirectory(Path.of(args[0]));
    try (Dispense dispense = Dispense.builder().environment(environment).build()) {
      System.out.println(Main.class.getModule());
      System.out.println("providers " + dispense.providers() + " agents " + dispense.agents());
    }
  }
}
