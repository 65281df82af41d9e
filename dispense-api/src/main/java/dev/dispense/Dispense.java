package dev.dispense;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Creates, finds and lists sandboxes. Closing it, or a handle that it gave out, releases the client
 * side only: connections and forwarded ports. Sandboxes and their tasks go on until {@link
 * Sandbox#delete()}; {@link #withSandbox} is the form that always deletes.
 *
 * <pre>{@code
 * try (Dispense dispense = Dispense.create();
 *     Sandbox sandbox =
 *         dispense.create(
 *             SandboxSpec.builder("fix-login").source(Source.directory(Path.of("."))).build())) {
 *   Task task = sandbox.run(TaskSpec.of("Fix the login bug"));
 *   task.follow(System.out::println);
 *   sandbox.changes().fetchInto(Path.of("."));
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. Everything is asked of the providers each time, so several
 * programs see the same sandboxes. All calls block; each can be interrupted.
 */
public interface Dispense extends AutoCloseable {
  /**
   * Returns an instance for this process: with its environment and the user's settings, and the
   * providers, agents and sources on the class path. You own it and must close it.
   *
   * @throws DispenseException when two plugins claim one id, or the settings cannot be read
   */
  static Dispense create() {
    return builder().build();
  }

  /**
   * Returns a builder of an instance with settings or plugins of your own.
   *
   * @throws UnavailableException when the implementation is not on the class path
   */
  static Builder builder() {
    return ServiceLoader.load(Builder.class, Dispense.class.getClassLoader())
        .findFirst()
        .or(() -> ServiceLoader.load(Builder.class).findFirst())
        .orElseThrow(
            () ->
                new UnavailableException(
                    "Tried to find the implementation of Dispense but failed because there is none."
                        + " Add dispense-core to the class path."));
  }

  /** Builds a {@link Dispense}; each method sets or adds one part and returns this builder. */
  interface Builder {
    /** Sets the machine and the user; default {@link Environment#current()}. */
    Builder environment(Environment value);

    /**
     * Leaves out what is on the class path: there is only what is added. For programs that know
     * what they use, as it saves looking into every jar.
     */
    Builder withoutClassPath();

    /**
     * Adds a provider, a source or an agent to those on the class path. A provider that was added
     * in this way is trusted even when it does not isolate. One whose class is on the class path,
     * too, takes the place of that. The only provider and the only agent that were added are those
     * that a sandbox has where neither its specification nor a setting names one.
     *
     * @throws IllegalArgumentException when it is none of the three
     */
    Builder plugin(Plugin plugin);

    /**
     * Keeps sandboxes {@linkplain Dispense#fillPool prepared}: each time one is created, a thread
     * of this instance sees to it that there are as many for the next ones of its kind. Closing the
     * instance ends that; those that are there stay.
     *
     * @param count 0 (the default, none) or more
     */
    Builder poolSize(int count);

    /**
     * Returns the instance. You own it and must close it.
     *
     * @throws DispenseException when two plugins claim one id, or the settings cannot be read
     */
    Dispense build();
  }

  /** Returns the machine and the user that this instance works for. */
  Environment environment();

  /**
   * Looks whether sandboxes can be made here and agents work in them: the providers, keys and
   * settings. Changes nothing.
   */
  Diagnosis diagnose();

  /** Returns the ids of the agents. */
  List<String> agents();

  /** Returns the ids of the providers. */
  List<String> providers();

  /**
   * Creates a sandbox, without reports of progress.
   *
   * @see #create(SandboxSpec, Progress.Listener)
   */
  Sandbox create(SandboxSpec spec);

  /**
   * Creates a sandbox and returns when commands and tasks can be run in it. When it fails, nothing
   * is left behind.
   *
   * @param progress told of each step, as the first use of an image can take minutes
   * @return a handle; the sandbox itself lives until it is deleted
   * @throws NameTakenException when there is a sandbox of that name
   * @throws NotFoundException when there is no such agent, provider, source or base
   * @throws UnavailableException when an engine, an image or a program is missing
   * @throws RefusedException when a part of {@code spec} cannot be honoured
   */
  Sandbox create(SandboxSpec spec, Progress.Listener progress);

  /**
   * Prepares sandboxes beforehand: started, checked out and ready, so that {@link #create} takes
   * one instead of making one, as long as there is one that fits. They fit when provider, source
   * directory, agent's software, image, resources, network, environment and supervisor are the
   * same; name, base, uncommitted changes, model and agent may be others. They are not listed, use
   * memory and disk like any other sandbox, and live until they are taken or {@linkplain
   * #clearPool() discarded}. In one that was taken, the host name is {@code sandbox}.
   *
   * @param spec what they are to be taken for; its name does not count
   * @param count how many there are to be in all, 0 or more
   * @return how many were made
   * @throws RefusedException when the provider or the source cannot do that
   * @throws UnavailableException when an engine, an image or a program is missing
   */
  int fillPool(SandboxSpec spec, int count, Progress.Listener progress);

  /**
   * Removes the sandboxes that were prepared beforehand and wait to be taken, for whatever they
   * were, and what was left of such when a process was killed.
   *
   * @return how many were removed
   */
  int clearPool();

  /**
   * Creates a sandbox and gives the agent its first task, whose number is 1. What the task lacks,
   * such as a key, is found out before anything is made; when the task cannot be given all the
   * same, the sandbox is deleted again.
   *
   * @param progress told of each step, as the first use of an image can take minutes
   * @return a handle; the sandbox and the task go on by themselves
   * @throws UnavailableException also when the agent lacks a key
   * @throws RefusedException also when {@code spec} leaves the supervisor out
   * @see #create(SandboxSpec, Progress.Listener)
   */
  Sandbox create(SandboxSpec spec, TaskSpec firstTask, Progress.Listener progress);

  /**
   * Creates a sandbox, hands it to {@code body}, and deletes it when that returns or throws. Work
   * that {@code body} has not fetched is kept, as by {@link Sandbox#delete()}.
   *
   * <p>Where {@code spec} says nothing else, and the provider can, the sandbox {@linkplain
   * SandboxSpec#expiresAfter() expires} after ten minutes and is renewed as long as {@code body} is
   * at work. So it stops soon after a program that was killed, and {@link #gc} removes it.
   *
   * @return what {@code body} returns
   * @throws RefusedException also when there is work that cannot be kept; the sandbox stays then
   */
  <T extends @Nullable Object> T withSandbox(
      SandboxSpec spec, Function<? super Sandbox, ? extends T> body);

  /**
   * Returns a handle to a sandbox that any process has created.
   *
   * @param nameOrId its exact name, or its id (its full id, or the first 12 characters and more)
   * @throws NotFoundException when there is none
   * @throws UnavailableException when it is not found and a provider cannot be asked
   */
  Sandbox sandbox(String nameOrId);

  /**
   * Returns a handle to a sandbox that any process has created, of certain providers rather than of
   * others, where a name exists at more than one.
   *
   * @param nameOrId its exact name, or its id
   * @param preferred the ids of the providers that are asked first, also when they are not set up
   * @throws NotFoundException when there is none, at the other providers either
   * @throws UnavailableException when one of the preferred cannot be asked
   */
  Sandbox sandbox(String nameOrId, Set<String> preferred);

  /**
   * Returns all sandboxes, by name: those of every user and process that the providers know, and
   * those that are gone but still have files on this machine.
   *
   * @throws UnavailableException when no provider can be asked; one among several that cannot is
   *     logged and left out
   */
  List<SandboxInfo> list();

  /**
   * Returns the sandboxes of certain providers, by name; of no others is anything asked.
   *
   * @param providers the ids of the providers
   * @throws UnavailableException when one of them is not set up, or none can be asked
   */
  List<SandboxInfo> list(Set<String> providers);

  /**
   * Removes what is left over of sandboxes that this user made with this state directory and that
   * are not there any more: those whose creation was cut off or whose machine somebody else
   * removed, those that {@linkplain SandboxSpec#expiresAfter() expired}, worktrees and branches
   * whose sandbox is gone, and temporary files of processes that were killed. Work that was not
   * fetched is kept first, as by {@link Sandbox#delete()}; what holds work that cannot be kept is
   * left, and so is all that runs or that a living process is creating. Calling it again finds what
   * is still there; an interrupt stops it between two things.
   *
   * @param dryRun whether to remove nothing, and only say what would be
   * @param places directories in repositories to look through, besides those that the sandboxes
   *     which are still known were made from
   * @param report told of each thing as it is dealt with, in the calling thread
   * @throws UnavailableException when no provider can be asked
   */
  void gc(boolean dryRun, Set<Path> places, Consumer<? super Orphan> report);

  /** Releases connections and forwarded ports; sandboxes go on. Closing twice does nothing. */
  @Override
  void close();

  /**
   * Something that is left over of a sandbox that is not there any more, and what {@link
   * Dispense#gc} did about it.
   *
   * @param kind what it is
   * @param name what it is called: the name of a sandbox, a branch, or a path
   * @param reason why nobody needs it, in words for a person
   * @param outcome what became of it
   * @param detail where its work is kept, or why it was left, in words for a person; else empty
   * @param hint what helps when it was left, as with an exception
   */
  record Orphan(
      Kind kind,
      String name,
      String reason,
      Outcome outcome,
      String detail,
      Optional<DispenseException.Hint> hint) {
    /** What can be left over. */
    public enum Kind {
      /** A sandbox with all that belongs to it, on this machine and at its provider. */
      SANDBOX,
      /** A worktree that a repository knows though its sandbox is gone, and its branch. */
      WORKTREE,
      /** A temporary file or directory of a process that was killed. */
      TEMPORARY
    }

    /** What can become of it. */
    public enum Outcome {
      /** Nothing yet: it was only looked for. */
      FOUND,
      /** It held no work and was removed. */
      REMOVED,
      /** It held work, which is kept now, and was removed. */
      KEPT,
      /** It is still there. */
      LEFT
    }
  }
}
