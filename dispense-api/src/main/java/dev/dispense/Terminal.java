package dev.dispense;

import java.util.function.Consumer;

/** The terminal that a person sits at, as far as a command in a sandbox must know it. */
public interface Terminal {
  /** Returns the size now. */
  Size size();

  /**
   * Calls {@code listener} with each later size until the command ends, from any thread. Replaces
   * the listener set before.
   */
  void onResize(Consumer<Size> listener);

  /** Returns the value of {@code TERM}, such as {@code xterm-256color}. */
  String type();

  /**
   * A size in characters.
   *
   * @param columns from 1
   * @param rows from 1
   */
  record Size(int columns, int rows) {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException when it is not positive
     */
    public Size {
      if (columns < 1 || rows < 1) {
        throw new IllegalArgumentException("not a terminal size: " + columns + "x" + rows);
      }
    }
  }
}
