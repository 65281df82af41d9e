package dev.dispense.testkit.daytona.cloud;

import dev.dispense.testkit.daytona.FakeDaytona;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Cut;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What goes wrong at a {@link FakeDaytona}, set by a test.
 *
 * <p>Requests are meant by a regular expression that is found in the method and the path, such as
 * {@code POST .*bulk-upload}; the method of a request for a WebSocket is {@code WEBSOCKET}. Safe
 * for use by several threads.
 */
public final class Faults {
  private final Object lock = new Object();
  private final Consumer<String> cutStreams;
  private final Runnable expireTokens;
  private final Consumer<Boolean> acceptKeys;
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<CutRule> cuts = new ArrayList<>();
  private final Map<String, Storm> storms = new HashMap<>();
  private final Set<String> deadToolboxes = new HashSet<>();
  private final Queue<String> failingStarts = new ArrayDeque<>();
  private boolean maintenance;
  private boolean frozen;

  /**
   * @param cutStreams cuts the WebSockets of a sandbox
   * @param expireTokens makes the tokens for SSH invalid
   * @param acceptKeys says whether keys and tokens of users are valid
   */
  Faults(Consumer<String> cutStreams, Runnable expireTokens, Consumer<Boolean> acceptKeys) {
    this.cutStreams = cutStreams;
    this.expireTokens = expireTokens;
    this.acceptKeys = acceptKeys;
  }

  /**
   * Refuses requests.
   *
   * @param requests which ones
   * @param times how many of them
   * @param status the status of the answer; 502 has an empty body, as from a proxy
   * @param message the message of the answer
   */
  public void refuse(String requests, int times, int status, String message) {
    synchronized (lock) {
      refusals.add(new Refusal(Pattern.compile(requests), times, status, message));
    }
  }

  /**
   * Answers requests with 429.
   *
   * @param throttler {@code authenticated}, {@code sandbox-create} or {@code sandbox-lifecycle}
   * @param times how many of them
   * @param retryAfter what the answers say, in whole seconds
   */
  public void tooManyRequests(String throttler, int times, Duration retryAfter) {
    synchronized (lock) {
      storms.put(throttler, new Storm(times, retryAfter.toSeconds()));
    }
  }

  /** Cuts the connection of the next such request when so many bytes of its body were read. */
  public void cutRequest(String requests, long bytes) {
    cut(requests, new Cut(bytes, Cut.NEVER));
  }

  /**
   * Cuts the connection of the next such request when so many bytes of the answer's body, or of
   * what is sent by the WebSocket, were written.
   */
  public void cutAnswer(String requests, long bytes) {
    cut(requests, new Cut(Cut.NEVER, bytes));
  }

  /** Does what the next such request asks for, and cuts its connection instead of an answer. */
  public void loseAnswer(String requests) {
    cut(requests, new Cut(Cut.NEVER, Cut.UNANSWERED));
  }

  /** Answers all requests to the main API with 503, or no longer. */
  public void maintenance(boolean on) {
    synchronized (lock) {
      maintenance = on;
    }
  }

  /** Cuts the WebSockets that are open to a sandbox; its processes go on. */
  public void cutStreams(String sandboxId) {
    cutStreams.accept(sandboxId);
  }

  /**
   * Cuts the WebSockets that are open to a sandbox, and makes its toolbox answer nothing but 502,
   * whatever its state says. Its processes go on.
   */
  public void killToolbox(String sandboxId) {
    synchronized (lock) {
      deadToolboxes.add(sandboxId);
    }
    cutStreams.accept(sandboxId);
  }

  /** Makes the toolbox of a sandbox answer again. */
  public void reviveToolbox(String sandboxId) {
    synchronized (lock) {
      deadToolboxes.remove(sandboxId);
    }
  }

  /** Makes all tokens for SSH invalid that were given out; who is connected stays so. */
  public void expireSshTokens() {
    expireTokens.run();
  }

  /**
   * Answers all who come with a key, or with the token of a user, with 401, as when it has expired
   * or was deleted; WebSockets that are open stay so.
   */
  public void expireKeys() {
    acceptKeys.accept(false);
  }

  /** Makes keys and tokens valid again. */
  public void renewKeys() {
    acceptKeys.accept(true);
  }

  /** Makes the next start, or creation, of a sandbox end in the state {@code error}. */
  public void failStart(String reason) {
    synchronized (lock) {
      failingStarts.add(reason);
    }
  }

  /** Lets no change of state come to its end, until {@link #thaw}. */
  public void freeze() {
    synchronized (lock) {
      frozen = true;
    }
  }

  /** Lets changes of state come to their end again. */
  public void thaw() {
    synchronized (lock) {
      frozen = false;
      lock.notifyAll();
    }
  }

  public Optional<ApiError> refusal(String request) {
    synchronized (lock) {
      for (Iterator<Refusal> all = refusals.iterator(); all.hasNext(); ) {
        Refusal refusal = all.next();
        if (refusal.requests.matcher(request).find()) {
          refusal.times--;
          if (refusal.times <= 0) {
            all.remove();
          }
          return Optional.of(new ApiError(refusal.status, refusal.message));
        }
      }
      return Optional.empty();
    }
  }

  public Cut takeCut(String request) {
    synchronized (lock) {
      for (Iterator<CutRule> all = cuts.iterator(); all.hasNext(); ) {
        CutRule rule = all.next();
        if (rule.requests().matcher(request).find()) {
          all.remove();
          return rule.cut();
        }
      }
      return Cut.NONE;
    }
  }

  /** Returns how many seconds the client is told to wait, when this request is one too many. */
  Optional<Long> takeStorm(String throttler) {
    synchronized (lock) {
      Storm storm = storms.get(throttler);
      if (storm == null || storm.times <= 0) {
        return Optional.empty();
      }
      storm.times--;
      return Optional.of(storm.retryAfter);
    }
  }

  public boolean inMaintenance() {
    synchronized (lock) {
      return maintenance;
    }
  }

  public boolean toolboxDead(String sandboxId) {
    synchronized (lock) {
      return deadToolboxes.contains(sandboxId);
    }
  }

  Optional<String> takeFailingStart() {
    synchronized (lock) {
      return Optional.ofNullable(failingStarts.poll());
    }
  }

  void awaitThaw() throws InterruptedException {
    synchronized (lock) {
      while (frozen) {
        lock.wait();
      }
    }
  }

  private void cut(String requests, Cut cut) {
    synchronized (lock) {
      cuts.add(new CutRule(Pattern.compile(requests), cut));
    }
  }

  private record CutRule(Pattern requests, Cut cut) {}

  private static final class Refusal {
    final Pattern requests;
    final int status;
    final String message;
    int times;

    Refusal(Pattern requests, int times, int status, String message) {
      this.requests = requests;
      this.times = times;
      this.status = status;
      this.message = message;
    }
  }

  private static final class Storm {
    final long retryAfter;
    int times;

    Storm(int times, long retryAfter) {
      this.times = times;
      this.retryAfter = retryAfter;
    }
  }
}
