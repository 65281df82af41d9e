package dev.dispense.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * Programs for the POSIX shell of a sandbox, for authors of providers: those that ship in a jar,
 * and the one that ends a command with all that it started.
 */
public final class ShellScript {
  /**
   * The variable by which {@link #killTree()} finds the processes of a command: it must be in the
   * environment of the command from its start, with a value that no other command has.
   */
  public static final String MARK = "DISPENSE_EXEC";

  private ShellScript() {}

  /**
   * Returns a program that ends all processes which have a mark, and all that descend from them: by
   * TERM, and after two seconds by KILL. Its argument is the mark, as {@code NAME=value}. It exits
   * with 0 when none is left; it needs {@code /proc} and coreutils or busybox, and must run as the
   * user whom the processes belong to.
   */
  public static String killTree() {
    return read(ShellScript.class, "kill-tree.sh");
  }

  /**
   * Returns a program by its file name, without the comments that a process list would show.
   *
   * @param owner a class of the jar, in whose package the file is
   * @throws IllegalStateException when the jar lacks it
   */
  public static String read(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar of " + owner.getName() + " lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns {@code word} so that a shell reads it as it is, as one word. */
  public static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
