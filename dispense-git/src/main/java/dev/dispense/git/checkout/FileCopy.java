package dev.dispense.git.checkout;

import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.git.repository.NameList;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies the files of a directory with their modes and times: symbolic links as links, sockets and
 * devices not at all, and no git directories, which would take the place of the sandbox's own.
 */
final class FileCopy extends SimpleFileVisitor<Path> {
  private static final int REPORT_EVERY = 1_000;

  private final Path from;
  private final Path to;
  private final Path excluded;
  private final Progress.Listener progress;
  private final List<String> repositories = new ArrayList<>();
  private final List<String> special = new ArrayList<>();
  private int count;

  /** Prepares a copy that leaves {@code excluded} out, which may be below {@code from}. */
  FileCopy(Path from, Path to, Path excluded, Progress.Listener progress) {
    this.from = from;
    this.to = to;
    this.excluded = excluded;
    this.progress = progress;
  }

  void copy() {
    progress.onProgress(Progress.of("Copying files", from.toString()));
    try {
      Files.walkFileTree(from, this);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to copy " + from + " but failed because " + DispenseException.reason(e) + ".", e);
    }
    if (!repositories.isEmpty()) {
      progress.onNotice(
          "The history of repositories inside of the directory is left out: "
              + NameList.list(repositories));
    }
    if (!special.isEmpty()) {
      progress.onNotice("Sockets, pipes and devices are left out: " + NameList.list(special));
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    if (directory.equals(excluded)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (isGit(directory)) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    if (!directory.equals(from)) {
      Files.createDirectory(target(directory));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw DispenseException.interrupted("copying files", new InterruptedException());
    }
    if (isGit(file)) {
      return FileVisitResult.CONTINUE;
    }
    if (attributes.isOther()) {
      special.add(from.relativize(file).toString());
      return FileVisitResult.CONTINUE;
    }
    Path target = target(file);
    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isSymbolicLink()) {
      // Only the permission bits: a copy that is setuid would be so for its new owner.
      Files.setPosixFilePermissions(target, permissions(file));
      Files.setLastModifiedTime(target, attributes.lastModifiedTime());
    }
    if (++count % REPORT_EVERY == 0) {
      progress.onProgress(Progress.of("Copying files", count + " files"));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException e) {
    throw new RefusedException(
        "Tried to copy " + file + " but failed because it cannot be read: " + e + ".", e);
  }

  // Last, because a directory may not be writable.
  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
      throws IOException {
    if (e != null) {
      throw e;
    }
    if (!directory.equals(from)) {
      Files.setPosixFilePermissions(target(directory), permissions(directory));
    }
    return FileVisitResult.CONTINUE;
  }

  private boolean isGit(Path path) {
    if (!path.endsWith(".git") || path.equals(from)) {
      return false;
    }
    if (!from.equals(path.getParent())) {
      repositories.add(from.relativize(path.resolveSibling("")).toString());
    }
    return true;
  }

  private Path target(Path path) {
    return to.resolve(from.relativize(path));
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
  }
}
