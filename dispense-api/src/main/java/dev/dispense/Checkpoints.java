package dev.dispense;

/**
 * Told of each step that changes something outside of this process: a file, a ref, a container. The
 * core and the plugins name the step with {@link Environment#step} when it is done. It changes
 * nothing in what they do; a test uses it to kill the process behind each step in turn, and so
 * covers a step that is added later by itself.
 *
 * <p>For authors of plugins: name a step behind each change that stays when the process dies there,
 * and one more before it when the change itself can be left half-done. The name is a short phrase
 * in the past tense, such as {@code "branch created"}, and no other step of one operation has it;
 * it has no values in it, so that it is the same in each run.
 */
@FunctionalInterface
public interface Checkpoints {
  /** Listens to nothing. */
  Checkpoints UNHEARD = step -> {};

  /**
   * Called in the thread that did the step, possibly in several at once. What it throws makes the
   * operation fail as the step itself would have.
   *
   * @param step what was done
   */
  void done(String step);
}
