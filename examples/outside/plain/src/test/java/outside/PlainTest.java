package outside;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@DispenseTest
class PlainTest {
  @Test
  void theWorkOfAnAgentComesBack(DispenseFixture fixture) {
    Path shop = fixture.repository("shop");
    Dispense dispense =
        fixture.open(ScriptedAgent.builder().write("new.txt", "new").succeed("Done.").build());
    Source source = Source.directory(shop);
    try (Sandbox sandbox = dispense.create(SandboxSpec.builder("fix").source(source).build())) {
      sandbox.run(TaskSpec.of("Fix it")).follow(event -> {});
      sandbox.changes().fetchInto(shop);
    }
    assertEquals("new", fixture.git(shop, "show", "refs/dispense/fix/work:new.txt"));
  }
}
