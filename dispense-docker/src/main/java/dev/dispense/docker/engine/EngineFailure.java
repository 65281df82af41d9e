package dev.dispense.docker.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/** Says in our own terms why a call to the engine failed. */
public final class EngineFailure {
  private static final int MAX_LENGTH = 1000;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final String NO_SHELL =
      "the sandbox ends as soon as it is started. Its image has no program 'sh', or is made for"
          + " another kind of machine. Use an image for this kind of machine that has a shell and"
          + " git.";

  private EngineFailure() {}

  /**
   * Returns the exception for a failure that the call itself did not expect.
   *
   * @param doing what was tried, as it follows "Tried to"
   */
  public static DispenseException translate(String doing, Endpoint endpoint, Throwable failure) {
    if (failure instanceof ExecutionException && failure.getCause() != null) {
      return translate(doing, endpoint, failure.getCause());
    }
    if (failure instanceof DispenseException known) {
      return known;
    }
    if (failure instanceof DockerException refusal) {
      String message = "Tried to " + doing + " but failed because " + reason(refusal);
      if (refusal.getHttpStatus() == NOT_FOUND) {
        return new NotFoundException(message, refusal);
      }
      if (refusal.getHttpStatus() == CONFLICT && text(refusal).contains("is restarting")) {
        return new UnavailableException(
            "Tried to " + doing + " but failed because " + NO_SHELL, refusal);
      }
      if (refusal.getHttpStatus() == CONFLICT && isNotRunning(refusal)) {
        return new UnavailableException(message + " Start the sandbox first.", refusal);
      }
      return new DispenseException(message, refusal);
    }
    if (ioFailure(failure) instanceof JsonProcessingException) {
      return new DispenseException(
          "Tried to "
              + doing
              + " but failed because the Docker Engine at "
              + endpoint.uri()
              + " ("
              + endpoint.origin()
              + ") gave an answer that does not make sense. See whether a Docker Engine of version"
              + " 20.10 or newer is there, and what its log says.",
          failure);
    }
    if (ioFailure(failure) instanceof IOException io) {
      return new UnavailableException(
          "Tried to "
              + doing
              + " but failed because the Docker Engine at "
              + endpoint.uri()
              + " ("
              + endpoint.origin()
              + ") does not answer: "
              + text(io)
              + ". See whether 'docker version' answers; start the engine if not.",
          failure);
    }
    String why = failure instanceof Exception e ? text(e) : failure.toString();
    return new DispenseException("Tried to " + doing + " but failed because " + why + ".", failure);
  }

  /** Returns what the engine itself said, as a sentence. */
  public static String reason(DockerException refusal) {
    String complaint = complaint(refusal);
    return complaint.endsWith(".") ? complaint : complaint + ".";
  }

  /** Returns what the engine itself said, in a line. */
  public static String complaint(DockerException refusal) {
    return PrintableText.printable(message(String.valueOf(refusal.getMessage())), MAX_LENGTH);
  }

  /**
   * Returns what a docker-java message or a body in the engine's error format says: {@code
   * {"message": …}}.
   */
  static String message(String body) {
    int json = body.indexOf('{');
    if (json >= 0) {
      try {
        String message =
            new ObjectMapper().readTree(body.substring(json)).path("message").asText("");
        if (!message.isEmpty()) {
          return message;
        }
      } catch (JsonProcessingException e) {
        return plain(body);
      }
    }
    return plain(body);
  }

  private static String plain(String body) {
    return body.replaceFirst("^Status [0-9]+: ", "");
  }

  /** Returns whether the engine refused as the container is stopped or paused. */
  static boolean isNotRunning(DockerException refusal) {
    String text = String.valueOf(refusal.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains("is not running") || text.contains("is paused");
  }

  private static Throwable ioFailure(Throwable failure) {
    Throwable cause = failure;
    while (!(cause instanceof IOException) && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String text(Exception failure) {
    if (failure instanceof UnknownHostException) {
      return "there is no host of that name";
    }
    return DispenseException.reason(failure);
  }
}
