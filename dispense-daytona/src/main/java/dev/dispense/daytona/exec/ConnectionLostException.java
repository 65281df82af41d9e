package dev.dispense.daytona.exec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection ended before what it was for. */
final class ConnectionLostException extends IOException {
  private static final long serialVersionUID = 1L;

  ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
