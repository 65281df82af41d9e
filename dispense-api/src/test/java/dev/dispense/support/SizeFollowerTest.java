package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Streams;
import dev.dispense.Streams.Terminal.Size;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("try") // A follower follows as long as it is open.
class SizeFollowerTest {
  private static final Size SMALL = new Size(80, 24);
  private static final Size LARGE = new Size(200, 50);

  private final ResizedTerminal terminal = new ResizedTerminal();
  private final BlockingQueue<Size> given = new LinkedBlockingQueue<>();

  private static final class ResizedTerminal implements Streams.Terminal {
    private volatile Consumer<Size> listener = size -> {};

    @Override
    public Size size() {
      return SMALL;
    }

    @Override
    public void onResize(Consumer<Size> next) {
      listener = next;
    }

    @Override
    public String type() {
      return "xterm";
    }

    void become(Size size) {
      listener.accept(size);
    }
  }

  @Test
  void givesTheSizeOfNowAndEachLaterOneThatDiffers() throws InterruptedException {
    try (SizeFollower unused = SizeFollower.start(terminal, Optional.empty(), given::add)) {
      assertThat(given.take()).isEqualTo(SMALL);
      terminal.become(SMALL);
      terminal.become(LARGE);
      assertThat(given.take()).isEqualTo(LARGE);
      terminal.become(SMALL);
      assertThat(given.take()).isEqualTo(SMALL);
    }
  }

  @Test
  void givesNoSizeThatIsKnownToBeThere() throws InterruptedException {
    try (SizeFollower unused = SizeFollower.start(terminal, Optional.of(SMALL), given::add)) {
      terminal.become(LARGE);
      assertThat(given.take()).isEqualTo(LARGE);
    }
  }

  @Test
  void leavesOutWhatHasBecomeAnotherSizeMeanwhile() throws InterruptedException {
    CountDownLatch resized = new CountDownLatch(1);
    SizeFollower.Target slow =
        size -> {
          given.add(size);
          try {
            resized.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    try (SizeFollower unused = SizeFollower.start(terminal, Optional.empty(), slow)) {
      assertThat(given.take()).isEqualTo(SMALL);
      terminal.become(new Size(100, 30));
      terminal.become(LARGE);
      resized.countDown();
      assertThat(given.take()).isEqualTo(LARGE);
    }
  }

  @Test
  void triesAgainWhatCannotBeGivenYet() throws InterruptedException {
    AtomicInteger attempts = new AtomicInteger();
    try (SizeFollower unused =
        SizeFollower.start(
            terminal,
            Optional.empty(),
            size -> attempts.incrementAndGet() == 3 && given.add(size))) {
      assertThat(given.take()).isEqualTo(SMALL);
      assertThat(attempts).hasValue(3);
    }
  }

  @Test
  void givesNoMoreOnceItIsClosed() throws InterruptedException {
    BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
    SizeFollower follower =
        SizeFollower.start(terminal, Optional.empty(), size -> threads.add(Thread.currentThread()));
    Thread thread = threads.take();
    follower.close();
    thread.join();
    terminal.become(LARGE);
    assertThat(threads).isEmpty();
  }
}
