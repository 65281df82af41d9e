package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ProcessIdTest {
  private static final ProcessId SELF = ProcessId.current();

  @Test
  void isAliveOnlyWhileTheVeryProcessIs() {
    assertThat(SELF.isAlive()).isTrue();
    assertThat(new ProcessId(SELF.pid(), SELF.started() - 1).isAlive()).isFalse();
    assertThat(new ProcessId(Long.MAX_VALUE, SELF.started()).isAlive()).isFalse();
  }

  @Test
  void readsWhatItWroteAndNothingElse() {
    assertThat(ProcessId.parse(SELF.toString())).contains(SELF);
    for (String other : new String[] {"", "1", "1-", "-1-2", "1-2-3", "1-2\n", "1-9".repeat(20)}) {
      assertThat(ProcessId.parse(other)).as(other).isEmpty();
    }
  }

  @Test
  void tellsTheTemporaryFilesOfADeadProcessFromAllOthers() {
    String living = ProcessId.temporaryName("draft");
    String dead = living.replace(SELF.toString(), SELF.pid() + "-1");
    assertThat(ProcessId.isLeftBehind(Path.of("/tmp", living))).isFalse();
    assertThat(ProcessId.isLeftBehind(Path.of("/tmp", dead))).isTrue();
    for (String other :
        new String[] {"draft", "results.git", "a.1-1", "1-1.01234567", dead + "x"}) {
      assertThat(ProcessId.isLeftBehind(Path.of("/tmp", other))).as(other).isFalse();
    }
  }
}
