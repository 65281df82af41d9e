package dev.dispense;

import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
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

  private final transient @Nullable Hint hint;

  /** Makes an exception without a cause. */
  public DispenseException(String message) {
    this(message, null);
  }

  /** Makes an exception with a cause. */
  public DispenseException(String message, @Nullable Throwable cause) {
    this(message, cause, null);
  }

  /**
   * Makes an exception whose last sentence is a next step that the program can offer.
   *
   * @param hint that step
   */
  protected DispenseException(String message, @Nullable Throwable cause, @Nullable Hint hint) {
    super(message, cause);
    this.hint = hint;
  }

  /**
   * Returns the next step that the last sentence of the message asks for, where Dispense has a
   * method for it: so a program can offer it in its own terms, as the {@code dispense} command does
   * with its own commands. Not kept when the exception is serialised.
   */
  public Optional<Hint> hint() {
    return Optional.ofNullable(hint);
  }

  /** A next step that a method of Dispense can do. */
  public sealed interface Hint {
    /** To look which sandboxes there are: {@link Dispense#list()}. */
    record ListSandboxes() implements Hint {}

    /** To start a sandbox: {@link Sandbox#start()}. */
    record Start(SandboxName sandbox) implements Hint {}

    /** To stop a sandbox and start it again: {@link Sandbox#stop}, {@link Sandbox#start()}. */
    record Restart(SandboxName sandbox) implements Hint {}

    /** To delete a sandbox, which keeps its work: {@link Sandbox#delete()}. */
    record Delete(SandboxName sandbox) implements Hint {}

    /** To delete a sandbox and its work: {@link Sandbox#forceDelete()}. */
    record ForceDelete(SandboxName sandbox) implements Hint {}

    /** To install what runs tasks in a sandbox: {@link Sandbox#installAgent}. */
    record InstallAgent(SandboxName sandbox) implements Hint {}

    /** To have what is not committed, too: {@link Source#withUncommitted()}. */
    record IncludeUncommitted() implements Hint {}

    /** To look which tasks there are in a sandbox: {@link Sandbox#tasks()}. */
    record ListTasks(SandboxName sandbox) implements Hint {}

    /**
     * To look at the work in a sandbox and let risks of some kinds pass: {@link Changes#risks()}.
     *
     * @param kinds those that stopped it, in the order in which they were found
     */
    record AllowRisks(SandboxName sandbox, List<Risk.Kind> kinds) implements Hint {
      /** Copies the kinds. */
      public AllowRisks {
        kinds = List.copyOf(kinds);
      }
    }

    /**
     * To store a key for a provider.
     *
     * @param provider its id
     */
    record StoreKey(String provider) implements Hint {}
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
