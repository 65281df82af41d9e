package app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dispense.Dispense;
import dev.dispense.testkit.DispenseFixture;
import dev.dispense.testkit.DispenseTest;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@DispenseTest
class MainTest {
  @Test
  void theWorkIsFetched(DispenseFixture fixture) throws Exception {
    Path repository = fixture.repository("project");
    ScriptedAgent agent =
        ScriptedAgent.builder()
            .write("file.txt", "mended\n")
            .run("git", "commit", "--quiet", "--all", "--message=Mend it")
            .succeed("Done.")
            .build();
    Dispense dispense = fixture.open(agent);

    String work = Main.work(dispense, repository, "Mend it");

    assertEquals("mended", fixture.git(repository, "show", work + ":file.txt"));
  }
}
