package dev.dispense.benchmarks.measure;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Watches what the garbage collector leaves of the heap, and keeps the most that it ever left. */
public final class HeapWatch implements AutoCloseable, NotificationListener {
  private final AtomicLong peak = new AtomicLong();
  private final long before;

  public HeapWatch() {
    before = collected();
    emitters().forEach(emitter -> emitter.addNotificationListener(this, null, null));
  }

  /** Returns the bytes that are in use after a full collection. */
  public static long collected() {
    ManagementFactory.getMemoryMXBean().gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Returns by how many megabytes the heap has grown at the most. */
  public double growth() {
    return Math.max(0, peak.get() - before) / 1e6;
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (notification.getUserData() instanceof CompositeData data) {
      long used =
          GarbageCollectionNotificationInfo.from(data)
              .getGcInfo()
              .getMemoryUsageAfterGc()
              .entrySet()
              .stream()
              .filter(pool -> pool.getKey().matches(".*(Eden|Survivor|Tenured|Old).*"))
              .map(Map.Entry::getValue)
              .mapToLong(MemoryUsage::getUsed)
              .sum();
      peak.accumulateAndGet(used, Math::max);
    }
  }

  private static Stream<NotificationEmitter> emitters() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(GarbageCollectorMXBean::isValid)
        .map(NotificationEmitter.class::cast);
  }

  @Override
  public void close() {
    emitters()
        .forEach(
            emitter -> {
              try {
                emitter.removeNotificationListener(this);
              } catch (ListenerNotFoundException e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
