package dev.dispense.git.delivery;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.git.command.GitResult;
import dev.dispense.support.ByteNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Copies of files that are about to change, to put them back when the change fails half-way. */
public final class SavedFiles {
  /** The length of the longest path on Linux, in bytes. */
  private static final int LONGEST_PATH = 4095;

  private final Path root;
  private final Path copies;
  private final Map<Path, Path> saved = new LinkedHashMap<>();
  private final List<Path> directories = new ArrayList<>();
  private final List<Path> absent = new ArrayList<>();
  private final Set<Path> absentDirectories = new LinkedHashSet<>();

  public SavedFiles(Path root, Path copies) {
    this.root = root;
    this.copies = copies;
  }

  /**
   * Copies what is there of {@code names}: paths relative to the root, one character for each byte.
   * Of a directory it is remembered that it is one; what changes in it is among them itself.
   *
   * @throws RefusedException when a path is too long for a file
   */
  public void save(Set<String> names) {
    names.forEach(this::requireShort);
    try {
      Files.createDirectory(copies);
      for (String name : names) {
        Path file = ByteNames.resolve(root, name);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          directories.add(file);
        } else if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          Path copy = copies.resolve(Integer.toString(saved.size()));
          copy(file, copy);
          saved.put(file, copy);
        } else {
          absent.add(file);
          noteAbsentDirectories(file);
        }
      }
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to save the files of "
              + root
              + " before changing them, but failed because "
              + e
              + ". Nothing was changed.",
          e);
    }
  }

  // Git makes the directories of a path as far as it gets, from the root on; what then has too long
  // a name from the root of the file system could not be taken away again.
  private void requireShort(String name) {
    int length = ByteNames.of(root).length() + 1 + name.length();
    if (length > LONGEST_PATH) {
      throw new RefusedException(
          "Tried to change files in "
              + root
              + " but changed nothing because a path has "
              + length
              + " bytes, and the system takes "
              + LONGEST_PATH
              + ": "
              + PrintableText.printable(GitResult.text(name), 80)
              + ". Fetch the work as a branch, and shorten the path there.");
    }
  }

  // Deepest first.
  private void noteAbsentDirectories(Path file) {
    for (Path above = file.getParent();
        above != null && !above.equals(root) && !Files.exists(above, LinkOption.NOFOLLOW_LINKS);
        above = above.getParent()) {
      absentDirectories.add(above);
    }
  }

  /** Puts all back; what fails on the way is added to {@code failure}. */
  public void restore(RuntimeException failure) {
    absent.forEach(file -> attempt(failure, () -> Files.deleteIfExists(file)));
    absentDirectories.stream()
        .sorted((a, b) -> b.getNameCount() - a.getNameCount())
        .forEach(directory -> attempt(failure, () -> Files.deleteIfExists(directory)));
    directories.forEach(directory -> attempt(failure, () -> makeDirectory(directory)));
    saved.forEach(
        (file, copy) ->
            attempt(
                failure,
                () -> {
                  Path parent = file.getParent();
                  if (parent != null && !parent.equals(root)) {
                    Files.createDirectories(parent);
                  }
                  copy(copy, file);
                }));
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void attempt(RuntimeException failure, Step step) {
    try {
      step.run();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(directory);
      Files.createDirectories(directory);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(
        from,
        to,
        LinkOption.NOFOLLOW_LINKS,
        StandardCopyOption.COPY_ATTRIBUTES,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
