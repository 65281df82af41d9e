package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts requests per organization and kind, and refuses those that are too many. The headers carry
 * the name of the kind; there is no plain {@code Retry-After}.
 */
public final class Throttle {
  public static final String AUTHENTICATED = "authenticated";
  public static final String CREATE = "sandbox-create";
  public static final String LIFECYCLE = "sandbox-lifecycle";

  private final Settings settings;
  private final Faults faults;
  private final Map<String, Window> windows = new HashMap<>();

  public Throttle(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  /**
   * Counts a request, and sets the headers of its answer.
   *
   * @throws ApiError when it is one too many
   */
  public void count(Call call, String organization, String kind) {
    Optional<Long> storm = faults.takeStorm(kind);
    if (storm.isPresent()) {
      throw refuse(call, kind, storm.get());
    }
    int limit = limit(kind);
    long now = System.nanoTime();
    int used;
    long seconds;
    synchronized (windows) {
      Window window = windows.get(organization + " " + kind);
      if (window == null || now - window.end >= 0) {
        window = new Window(now + settings.minute().toNanos());
        windows.put(organization + " " + kind, window);
      }
      window.used++;
      used = window.used;
      seconds = Math.max(1, Duration.ofNanos(window.end - now).toSeconds());
    }
    if (used > limit) {
      throw refuse(call, kind, seconds);
    }
    call.answerHeader("X-RateLimit-Limit-" + kind, Integer.toString(limit));
    call.answerHeader("X-RateLimit-Remaining-" + kind, Integer.toString(limit - used));
    call.answerHeader("X-RateLimit-Reset-" + kind, Long.toString(seconds));
  }

  private static ApiError refuse(Call call, String kind, long seconds) {
    call.answerHeader("Retry-After-" + kind, Long.toString(seconds));
    return new ApiError(429, "ThrottlerException: Too Many Requests");
  }

  private int limit(String kind) {
    return switch (kind) {
      case CREATE -> settings.limits().create();
      case LIFECYCLE -> settings.limits().lifecycle();
      default -> settings.limits().authenticated();
    };
  }

  private static final class Window {
    final long end;
    int used;

    Window(long end) {
      this.end = end;
    }
  }
}
