package outside;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import java.nio.file.Path;

/** Says what Dispense finds on the class path, and whether a task could be given. */
final class Plain {
  private Plain() {}

  public static void main(String[] arguments) {
    Environment environment = Environment.current().withStateDirectory(Path.of(arguments[0]));
    try (Dispense dispense = Dispense.builder().environment(environment).build()) {
      System.out.println("providers: " + dispense.providers());
      System.out.println("agents: " + dispense.agents());
      System.out.println("sources: " + sources(dispense));
      dispense.diagnose().findings().forEach(System.out::println);
    }
  }

  /** Dispense names the sources that it has when it is asked for another. */
  private static String sources(Dispense dispense) {
    SandboxSpec spec = SandboxSpec.builder("none").source(Source.of("none", "")).build();
    try (Sandbox sandbox = dispense.create(spec)) {
      return "none is one: " + sandbox;
    } catch (NotFoundException e) {
      return e.getMessage();
    }
  }
}
