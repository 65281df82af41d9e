package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.support.DaemonThread;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a sandbox, on a thread of its own, while a program uses it: so the sandbox stops soon
 * after a program that was killed.
 */
final class Renewal {
  private static final Logger log = LoggerFactory.getLogger(Renewal.class);
  private static final Duration EXPIRY = Duration.ofMinutes(10);
  private static final Duration PERIOD = EXPIRY.dividedBy(4);

  private Renewal() {}

  /**
   * Returns a sandbox that expires soon, if the provider can and {@code spec} says nothing else.
   */
  static SandboxSpec limited(Context core, SandboxSpec spec) {
    SandboxProvider provider = core.provider(spec.provider().orElseGet(core::defaultProvider));
    return spec.expiresAfter().isEmpty() && provider.capabilities().contains(Capability.EXPIRY)
        ? spec.toBuilder().expiresAfter(EXPIRY).build()
        : spec;
  }

  /** Renews a sandbox until {@code body} has returned. */
  static <T extends @Nullable Object> T during(Sandbox sandbox, Supplier<T> body) {
    return during(sandbox, PERIOD, body);
  }

  static <T extends @Nullable Object> T during(Sandbox sandbox, Duration period, Supplier<T> body) {
    Thread thread = DaemonThread.start("dispense-renewal", () -> renew(sandbox, period));
    try {
      return body.get();
    } finally {
      end(thread);
    }
  }

  private static void renew(Sandbox sandbox, Duration period) {
    try {
      while (true) {
        Thread.sleep(period.toMillis());
        renewOnce(sandbox);
      }
    } catch (InterruptedException e) {
      log.trace("The sandbox is not used any longer", e);
    }
  }

  /** What fails now, as the service cannot be reached for a moment, is tried again in time. */
  private static void renewOnce(Sandbox sandbox) throws InterruptedException {
    try {
      sandbox.renew();
    } catch (DispenseException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      log.warn("The sandbox '{}' was not renewed: {}", sandbox.name(), e.getMessage());
    }
  }

  private static void end(Thread thread) {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
