package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class DaemonThreadTest {
  @Test
  void hasItsNameAndKeepsNoProgramFromEnding() {
    Thread thread = DaemonThread.of("dispense-test", () -> {});
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getName()).isEqualTo("dispense-test");
    assertThat(thread.getState()).isEqualTo(Thread.State.NEW);
  }

  @Test
  void isStartedWhereThatIsAskedFor() throws Exception {
    FutureTask<Thread> self = new FutureTask<>(Thread::currentThread);
    assertThat(DaemonThread.start("dispense-test", self)).isSameAs(self.get());
  }
}
