package dev.dispense.spi;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Plugin;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A kind of {@link Source}: brings what is worked on into a sandbox and the work back out. The
 * implementation holds no state; what it must remember it returns as labels, which are kept with
 * the sandbox, and as files in the directory that it is given. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface SourceProvider extends Plugin {
  /** Returns the {@linkplain Source#type() types} that this provider serves; at least one. */
  @Override
  Set<String> ids();

  /**
   * Returns the programs that a sandbox must have for this kind of source, such as {@code git}. A
   * provider's default image has them; another image is refused when it lacks one.
   */
  default List<String> programs() {
    return List.of();
  }

  /**
   * Prepares a source on this machine for a sandbox that does not exist yet: as much of it as the
   * sandbox must have to start, and no more. What takes long is left to {@link
   * Checkout#completion()}. When it fails, it leaves nothing behind.
   *
   * @throws NotFoundException when the source, or the base to start from, does not exist
   * @throws RefusedException when the source is of a kind that cannot be checked out
   */
  Checkout checkout(Request request, Progress.Listener progress);

  /**
   * Returns the project's own settings, the text of {@code .dispense.properties} at its root: as it
   * is in what a checkout would start from, and never as an agent has left it. None by default.
   *
   * @throws NotFoundException when the source, or the base to start from, does not exist
   */
  default Optional<String> settings(Source source, Environment host) {
    return Optional.empty();
  }

  /**
   * Returns whether a checkout of {@code source} can be made beforehand and {@linkplain #claim
   * adopted} later. By default it cannot.
   */
  default boolean supportsPooling(Source source, Environment host) {
    return false;
  }

  /**
   * Turns a checkout that was mounted and that no agent has worked on into that of another sandbox,
   * with that sandbox's name and what its source says now. When it fails, the checkout is no longer
   * of use and is {@linkplain #remove removed}, under either name.
   *
   * @param prepared the checkout as it is
   * @param request what it is to become; its directory is that of {@code prepared}
   * @return the new labels; mounts and uploads do not count, as the machine has what it needs
   * @throws NotFoundException when the source, or the base to start from, does not exist
   * @throws RefusedException when it cannot be adopted
   */
  default Checkout claim(Workspace prepared, Request request, Progress.Listener progress) {
    throw new RefusedException("This kind of source cannot be prepared beforehand.");
  }

  /**
   * Fetches what the agent did, which stays on this machine from then on.
   *
   * @param shell runs commands in the sandbox
   * @throws UnavailableException when the sandbox cannot give its work, for example for want of git
   * @throws RefusedException when what it gives fails the checks
   */
  Changes changes(Workspace workspace, SandboxShell shell);

  /**
   * Removes from this machine what {@link #checkout} made outside the directory that it was given,
   * and nothing else; does nothing when that is gone already. The core then deletes the directory.
   */
  void remove(Workspace workspace);

  /**
   * Looks for what was left behind outside of the directories of sandboxes though no sandbox needs
   * it any more, and for temporary files in those directories; removes it, and says what it did.
   * What holds work is kept first, or left. Does nothing by default.
   *
   * @throws DispenseException on an interrupt, or when nothing can be found out
   */
  default void cleanUpOrphans(Sweep sweep) {}

  /** How the files come into the sandbox. */
  enum Delivery {
    /** The sandbox sees directories of this machine. */
    MOUNT,
    /** The files are copied into it. */
    UPLOAD
  }

  /**
   * What to check out.
   *
   * @param name the sandbox's name
   * @param source the source
   * @param directory a directory on this machine that only the caller can read, kept until the
   *     sandbox is deleted; holds nothing but the core's {@code sandbox.properties}
   * @param layout where things are in the sandbox
   * @param delivery how the files come into it
   * @param host the machine and the user
   */
  record Request(
      SandboxName name,
      Source source,
      Path directory,
      SandboxLayout layout,
      Delivery delivery,
      Environment host) {}

  /**
   * What was checked out, and how it comes into the sandbox.
   *
   * @param labels what {@link Workspace#labels()} must give back; keys are lower-case words with
   *     hyphens, without a prefix, such as {@code branch}
   * @param mounts for {@link Delivery#MOUNT}
   * @param uploads for {@link Delivery#UPLOAD}; written into the sandbox in this order
   * @param setup commands to run in the sandbox after the uploads, each of which must succeed
   * @param completion the rest of the work on this machine, such as writing the files. It is run
   *     once, before the uploads and before any command in the sandbox, on a thread of its own
   *     while the sandbox starts. When it fails, the checkout is {@linkplain #remove removed}
   */
  record Checkout(
      Map<String, String> labels,
      List<Mount> mounts,
      List<Upload> uploads,
      List<Command> setup,
      Runnable completion) {
    /** Makes a checkout that is complete. */
    public Checkout(
        Map<String, String> labels, List<Mount> mounts, List<Upload> uploads, List<Command> setup) {
      this(labels, mounts, uploads, setup, () -> {});
    }

    /** Copies the collections. */
    public Checkout {
      labels = Map.copyOf(labels);
      mounts = List.copyOf(mounts);
      uploads = List.copyOf(uploads);
      setup = List.copyOf(setup);
    }
  }

  /**
   * A directory of this machine whose content is copied into a sandbox.
   *
   * @param host a directory on this machine
   * @param path an absolute path in the sandbox
   */
  record Upload(Path host, String path) {}

  /**
   * The checked out source of a sandbox that exists.
   *
   * @param name the sandbox's name
   * @param source the source, as it was at creation
   * @param directory what {@link Request#directory()} was; missing when the sandbox was created on
   *     another machine
   * @param layout where things are in the sandbox
   * @param labels what {@link Checkout#labels()} said
   * @param host the machine and the user
   */
  record Workspace(
      SandboxName name,
      Source source,
      Path directory,
      SandboxLayout layout,
      Map<String, String> labels,
      Environment host) {
    /** Copies the labels. */
    public Workspace {
      labels = Map.copyOf(labels);
    }
  }

  /**
   * What to look through.
   *
   * @param places directories that sandboxes were made from, or may have been
   * @param directories the parents of what {@link Request#directory()} is for each sandbox; what is
   *     not in them is not this user's, and none of its business
   * @param dryRun whether to remove nothing and only say what would be
   * @param host the machine and the user
   * @param names keeps others from making what is just being removed
   * @param report told of each thing as it is dealt with
   */
  record Sweep(
      Set<Path> places,
      Set<Path> directories,
      boolean dryRun,
      Environment host,
      Names names,
      Consumer<? super Dispense.Orphan> report) {
    /** Copies the sets. */
    public Sweep {
      places = Set.copyOf(places);
      directories = Set.copyOf(directories);
    }
  }

  /** The names of sandboxes that are not there any more. */
  @FunctionalInterface
  interface Names {
    /**
     * Does something while nobody can make a sandbox of a name.
     *
     * @param directory what {@link Request#directory()} was for the sandbox, in one of {@link
     *     Sweep#directories()}
     * @return false, having done nothing, when there is one
     */
    boolean whileFree(Path directory, Runnable action);
  }

  /** Runs commands in one sandbox. */
  @FunctionalInterface
  interface SandboxShell {
    /** Runs a command as {@link SandboxProvider#exec} does. */
    int exec(Command command, Streams streams);
  }
}
