package dev.dispense.daytona.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls of the service, made again where that is safe: always what was refused for being too much,
 * and what changes nothing when it is done twice also when it got no answer.
 */
public final class RetryingCalls {
  private static final Logger LOG = LoggerFactory.getLogger(RetryingCalls.class);

  /** Above the 30 s that the server holds some calls. */
  private static final Duration SILENCE = Duration.ofSeconds(75);

  /** For what is only looked at, and so never held. */
  private static final Duration SHORT_SILENCE = Duration.ofSeconds(20);

  /** After this, no further attempt begins, however few there were. */
  private static final Duration LONGEST = Duration.ofSeconds(45);

  private static final Duration LONGEST_LIMIT = Duration.ofMinutes(2);
  private static final int ATTEMPTS = 6;
  private static final int MANY_ATTEMPTS = 8 * ATTEMPTS;

  private final Http http;
  private final Sleeper pause;
  private final int attempts;

  public RetryingCalls(Http http, Sleeper pause) {
    this(http, pause, ATTEMPTS);
  }

  private RetryingCalls(Http http, Sleeper pause, int attempts) {
    this.http = http;
    this.pause = pause;
    this.attempts = attempts;
  }

  /**
   * Returns calls for when giving up would cost much: what is awaited for minutes must not be lost,
   * and nothing be left behind, for an outage of a minute.
   */
  public RetryingCalls patient() {
    return new RetryingCalls(http, pause, MANY_ATTEMPTS);
  }

  public Http http() {
    return http;
  }

  public Sleeper pause() {
    return pause;
  }

  /**
   * Makes a call that changes nothing when it is done twice.
   *
   * @param doing what is tried, as it follows "Tried to"
   * @return the answer: a success, or a refusal that is about what was asked
   * @throws UnavailableException when nothing answers, or the server or the account is not in a
   *     state to do anything
   */
  public Reply make(String doing, Request request) {
    Duration silence = request.method().equals("GET") ? SHORT_SILENCE : SILENCE;
    long end = System.nanoTime() + LONGEST.toNanos() * (attempts / ATTEMPTS);
    Backoff backoff = new Backoff();
    for (int attempt = 1; ; attempt++) {
      try {
        Reply reply = once(doing, request, silence);
        if (!Failure.isTransient(reply) || attempt == attempts || System.nanoTime() > end) {
          return checked(doing, reply);
        }
        LOG.debug("Daytona answered with status {}", reply.status());
      } catch (IOException e) {
        if (attempt == attempts || System.nanoTime() > end) {
          throw unreachable(doing, e);
        }
        LOG.debug("Daytona did not answer", e);
      }
      pause.of(backoff.next());
    }
  }

  /** Makes a call that must not be repeated when it is not known whether it was done. */
  public Reply once(String doing, Request request) throws IOException {
    return once(doing, request, SILENCE);
  }

  /**
   * Makes a call; again only when it was refused as too much, as then nothing was done.
   *
   * @param silence how long the server may be silent
   * @throws UnavailableException when the limit holds on for more than two minutes
   */
  public Reply once(String doing, Request request, Duration silence) throws IOException {
    Backoff backoff = new Backoff();
    Duration waited = Duration.ZERO;
    while (true) {
      Reply reply = http.send(request, silence);
      if (reply.status() != Failure.TOO_MANY) {
        return reply;
      }
      Duration wait = reply.retryAfter().orElseGet(backoff::next);
      waited = waited.plus(wait);
      if (waited.compareTo(LONGEST_LIMIT) > 0) {
        throw failure(doing, reply);
      }
      LOG.info("Daytona limits how often it may be asked; waiting {} s", wait.toSeconds());
      pause.of(wait);
    }
  }

  /** Returns an answer unless it says that nothing can be done whatever is asked. */
  public Reply checked(String doing, Reply reply) {
    if (Failure.concernsAll(reply)) {
      throw failure(doing, reply);
    }
    return reply;
  }

  /** Makes a call that must succeed, and returns the JSON that it answers with. */
  public JsonNode json(String doing, Request request) {
    return json(doing, make(doing, request));
  }

  /** Returns the JSON of an answer that must be a success. */
  public JsonNode json(String doing, Reply reply) {
    try {
      return succeeded(doing, reply).json();
    } catch (IOException e) {
      throw Failure.senseless(doing, http.access().address());
    }
  }

  /** Returns an answer, which must be a success. */
  public Reply succeeded(String doing, Reply reply) {
    if (!reply.isSuccess()) {
      throw failure(doing, reply);
    }
    return reply;
  }

  /** Returns the exception for an answer that is no success. */
  public DispenseException failure(String doing, Reply reply) {
    return Failure.of(doing, http.access(), reply);
  }

  /** Returns the exception for a call without an answer. */
  public UnavailableException unreachable(String doing, IOException failure) {
    return http.unreachable(doing, HttpUrl.get(http.access().address().value()), failure);
  }

  /**
   * Looks again and again until something is as wanted.
   *
   * @return whether it came true in time
   */
  public boolean await(Duration limit, BooleanSupplier looks) {
    long end = System.nanoTime() + limit.toNanos();
    Backoff backoff = new Backoff();
    while (!looks.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      pause.of(backoff.next());
    }
    return true;
  }
}
