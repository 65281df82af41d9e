package dev.dispense.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test that leaves threads or file descriptors of this program behind, and a class of tests
 * that leaves more than 64 MiB on its heap. It looks before the test's own set-up and after its own
 * tear-down, and gives what is just ending twenty seconds for it.
 *
 * <pre>{@code
 * @ExtendWith(LeakCheck.class)
 * class MyProgramTest { ... }
 * }</pre>
 *
 * <p>What the Java runtime keeps by itself is passed over: its own threads, archives on the class
 * path, and what it has of the machine's random numbers; so are the two threads that OkHttp shares
 * in the whole program, which end a minute after their last use. File descriptors are seen on Linux
 * only, through {@code /proc/self/fd} (proc(5)). Tests that run at the same time in one program
 * cannot be told apart; do not use it for them.
 */
public final class LeakCheck
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final Namespace NAMESPACE = Namespace.create(LeakCheck.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long HEAP_LIMIT = 64L << 20;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Threads that OkHttp starts for all of its clients, and that no client can end. */
  private static final Set<String> SHARED = Set.of("OkHttp TaskRunner", "Okio Watchdog");

  /** Makes the extension; JUnit does. */
  public LeakCheck() {}

  /** What there is of one program at one time. */
  private record Inventory(Set<Long> threads, List<String> descriptors) {
    static Inventory take() {
      return new Inventory(
          liveThreads().stream().map(Thread::getId).collect(Collectors.toSet()), openDescriptors());
    }

    List<String> addedSince(Inventory before) {
      List<String> added = new ArrayList<>();
      for (Thread thread : liveThreads()) {
        if (!before.threads.contains(thread.getId())) {
          added.add("thread '" + thread.getName() + "'");
        }
      }
      List<String> open = openDescriptors();
      before.descriptors.forEach(open::remove);
      open.forEach(descriptor -> added.add("descriptor of " + descriptor));
      return added;
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    SocketChannel.open().close(); // the runtime keeps a socket from its first use on
    context.getStore(NAMESPACE).put("heap", usedHeap());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    context.getStore(NAMESPACE).put("before", Inventory.take());
  }

  @Override
  public void afterEach(ExtensionContext context) {
    Inventory before =
        Objects.requireNonNull(context.getStore(NAMESPACE).get("before", Inventory.class));
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<String> added = before.addedSince(before);
    while (!added.isEmpty() && System.nanoTime() < end) {
      pause();
      added = before.addedSince(before);
    }
    assertThat(added).as("what the test has left open").isEmpty();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    long before = Objects.requireNonNull(context.getStore(NAMESPACE).get("heap", Long.class));
    assertThat(usedHeap() - before)
        .as("bytes on the heap that were not there before the tests")
        .isLessThan(HEAP_LIMIT);
  }

  private static List<Thread> liveThreads() {
    return Thread.getAllStackTraces().keySet().stream().filter(LeakCheck::isOurs).toList();
  }

  /** The runtime's threads wait for more work, and are not in its root group alone. */
  private static boolean isOurs(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group != null
        && !group.getName().equals("system")
        && !group.getName().equals("InnocuousThreadGroup")
        && !SHARED.contains(thread.getName())
        && !thread.getName().startsWith("ForkJoinPool.commonPool")
        && !thread.getName().startsWith("junit-");
  }

  private static List<String> openDescriptors() {
    List<String> open = new ArrayList<>();
    if (!Files.isDirectory(DESCRIPTORS)) {
      return open;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path entry : entries) {
        target(entry, open);
      }
    } catch (IOException e) {
      throw new AssertionError("This program's descriptors cannot be listed.", e);
    }
    return open;
  }

  private static void target(Path entry, List<String> open) {
    try {
      String target = Files.readSymbolicLink(entry).toString();
      if (!target.matches(".*\\.(jar|jsa|aot)|/dev/u?random|/proc/.*|.*/lib/modules")) {
        open.add(target);
      }
    } catch (IOException e) {
      // It was closed meanwhile, as the one of the listing itself is.
    }
  }

  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while waiting for what is just ending", e);
    }
  }
}
