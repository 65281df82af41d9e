package dev.dispense.git.result;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A pack of which every object was checked, beside the objects of another repository alone: what
 * holds for it there holds in that repository too.
 *
 * @param directory where it is
 * @param name the name of its files, without the extension
 * @param lender the object store that it was checked beside
 */
public record CheckedPack(Path directory, String name, Path lender) {
  // Git takes notice of a pack when its index appears, so that comes last.
  private static final List<String> EXTENSIONS = List.of(".pack", ".rev", ".idx");

  /**
   * Gives the pack to the store that it was checked beside, without reading it again: as another
   * name of the same files, which nobody ever writes to.
   *
   * @return false when {@code objects} is another store, or the files cannot be had by another name
   */
  public boolean linkInto(Path objects) {
    try {
      if (!wasCheckedBeside(objects) || !isOfOneGroup(objects.resolve("pack"))) {
        return false;
      }
      for (Path file : files()) {
        link(file, objects.resolve("pack").resolve(file.getFileName()));
      }
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      // Such as on another file system. A pack without its index is nothing to git, and what is
      // there already is what the slower way would write.
      return false;
    }
  }

  /** Whether {@code objects} is the store that it was checked beside. */
  public boolean wasCheckedBeside(Path objects) {
    return objects.equals(lender);
  }

  /** Moves the files into another directory on the same file system, and returns it there. */
  CheckedPack moveInto(Path packs) throws IOException {
    for (Path file : files()) {
      Files.move(file, packs.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    return new CheckedPack(packs, name, lender);
  }

  private List<Path> files() {
    return EXTENSIONS.stream()
        .map(extension -> directory.resolve(name + extension))
        .filter(file -> !file.toString().endsWith(".rev") || Files.exists(file))
        .toList();
  }

  // A directory may pass its group on to the files that are made in it, but not to linked ones.
  private boolean isOfOneGroup(Path packs) throws IOException {
    Object group = Files.getAttribute(directory.resolve(name + ".pack"), "posix:group");
    return group.equals(Files.getAttribute(packs, "posix:group"));
  }

  // Packs are named by what is in them.
  private static void link(Path file, Path target) throws IOException {
    try {
      Files.createLink(target, file);
    } catch (FileAlreadyExistsException e) {
      if (Files.size(file) != Files.size(target)) {
        throw e;
      }
    }
  }
}
