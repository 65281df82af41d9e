package dev.dispense.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are written whole or not at all: whoever reads one sees what was there before, or all
 * of what is there now. No other user can read it at any time. It is a draft beside it that is
 * renamed, so a link is replaced and not followed. When writing fails, what was there before stays.
 * The content is not forced to the disk, so a machine that loses its power may lose it.
 */
public final class WholeFile {
  private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private WholeFile() {}

  /** What a file is to be. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes it.
     *
     * @param draft an empty file that only its owner can read and write. Whatever it is afterwards,
     *     with its permissions and its owner, is what the file becomes
     */
    void writeTo(Path draft) throws IOException;
  }

  /**
   * Writes a file; replaces one that is there.
   *
   * @throws java.nio.file.AtomicMoveNotSupportedException when the file system cannot do it
   */
  public static void write(Path file, Content content) throws IOException {
    Path draft = file.resolveSibling(ProcessId.temporaryName("." + file.getFileName()));
    Files.createFile(draft, PRIVATE);
    try {
      content.writeTo(draft);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Writes a file of these bytes, as {@link #write(Path, Content)} does. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, draft -> Files.write(draft, content, StandardOpenOption.WRITE));
  }

  /** Writes a file of that text in UTF-8, as {@link #write(Path, Content)} does. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
