package dev.dispense;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * The root of all that Dispense throws on purpose, other than {@link IllegalArgumentException} for
 * a value that is not valid. The message is written for the person who must act on it: what was
 * tried, why it failed, what to do next. Each subclass is a different thing for the caller to do;
 * the root itself means that an operation failed.
 *
 * <p>A thread interrupted in a call gets this exception with its interrupt flag set again.
 */
public class DispenseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception without a cause. */
  public DispenseException(String message) {
    super(message);
  }

  /** Makes an exception with a cause. */
  public DispenseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Returns the message; every exception of Dispense has one. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /**
   * Returns why reading or writing failed, in words that follow "because", without a full stop: an
   * exception of Java's often says it by the name of its class alone.
   */
  public static String reason(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof FileSystemException file) {
      String name = file.getFile() == null ? "a file" : file.getFile();
      return PrintableText.printable(name + " " + reason(file), 500);
    }
    if (failure instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    return failure.getMessage() == null
        ? failure.getClass().getSimpleName()
        : PrintableText.printable(message, 500).replaceFirst("\\.+$", "");
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NotDirectoryException) {
      return "is not a directory";
    }
    if (failure instanceof NoSuchFileException) {
      return "does not exist";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "exists already";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "is not empty";
    }
    if (failure instanceof AccessDeniedException) {
      return "may not be used by this user";
    }
    return failure.getReason() == null
        ? "cannot be used"
        : "cannot be used: " + failure.getReason();
  }

  /**
   * Returns the exception for an interrupt, and sets the current thread's interrupt flag again.
   *
   * @param doing what was being done, such as {@code waiting for task 3}
   */
  public static DispenseException interrupted(String doing, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new DispenseException("Interrupted while " + doing + ".", cause);
  }
}
