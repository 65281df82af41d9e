package dev.dispense.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RenewalTest {
  private static final Duration PERIOD = Duration.ofMillis(1);

  private final CountDownLatch renewed = new CountDownLatch(5);

  private Sandbox sandbox() {
    return (Sandbox)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Sandbox.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("name")) {
                return new SandboxName("box");
              }
              renewed.countDown();
              throw new UnavailableException("It cannot be reached for a moment.");
            });
  }

  private static boolean isRenewing() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("dispense-renewal"));
  }

  @Test
  void renewsUntilTheBodyHasReturnedAlsoAfterAFailure() {
    boolean all =
        Renewal.during(
            sandbox(),
            PERIOD,
            () -> {
              try {
                return renewed.await(60, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });

    assertThat(all).isTrue();
    assertThat(isRenewing()).isFalse();
  }

  @Test
  void endsWhenTheBodyThrows() {
    assertThatThrownBy(
            () ->
                Renewal.during(
                    sandbox(),
                    PERIOD,
                    () -> {
                      throw new IllegalStateException("It went wrong.");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(isRenewing()).isFalse();
  }
}
