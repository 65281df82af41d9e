package dev.dispense.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes what is in a directory to a tar archive; see {@link Archive#pack}. */
final class Packer extends SimpleFileVisitor<Path> {
  private final Path root;
  private final TarWriter tar;

  Packer(Path root, OutputStream out) {
    this.root = root;
    this.tar = new TarWriter(out);
  }

  void pack() throws IOException {
    if (!Files.isDirectory(root)) {
      throw failed(root, "it is not a directory", null);
    }
    Files.walkFileTree(root, this);
    tar.finish();
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
      throws IOException {
    if (!directory.equals(root)) {
      Set<PosixFilePermission> permissions = permissions(directory);
      tar.write(
          new TarEntry(
              name(directory) + "/",
              TarEntry.DIRECTORY,
              Permissions.mode(permissions),
              0,
              seconds(attributes),
              ""));
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (attributes.isSymbolicLink()) {
      packLink(file, attributes);
    } else if (attributes.isRegularFile()) {
      packFile(file, attributes);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failed(path, "it cannot be read", failure);
  }

  @Override
  public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
      throws IOException {
    if (failure != null) {
      throw failed(directory, "it cannot be listed", failure);
    }
    return FileVisitResult.CONTINUE;
  }

  private void packLink(Path link, BasicFileAttributes attributes) throws IOException {
    String target;
    try {
      target = ByteNames.of(Files.readSymbolicLink(link));
    } catch (NoSuchFileException e) {
      return;
    }
    tar.write(
        new TarEntry(name(link), TarEntry.SYMBOLIC_LINK, 0777, 0, seconds(attributes), target));
  }

  private void packFile(Path file, BasicFileAttributes attributes) throws IOException {
    SeekableByteChannel opened;
    int mode;
    try {
      opened = Files.newByteChannel(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      mode = Permissions.mode(permissions(file));
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw failed(file, "it cannot be read", e);
    }
    try (SeekableByteChannel channel = opened;
        InputStream content = Channels.newInputStream(channel)) {
      tar.write(
          new TarEntry(name(file), TarEntry.FILE, mode, channel.size(), seconds(attributes), ""),
          content);
    } catch (IOException e) {
      throw failed(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static long seconds(BasicFileAttributes attributes) {
    return attributes.lastModifiedTime().to(TimeUnit.SECONDS);
  }

  private String name(Path path) {
    return ByteNames.of(root.relativize(path));
  }

  private static IOException failed(Path path, String why, @Nullable IOException cause) {
    return new IOException("Tried to pack " + path + " but failed because " + why + ".", cause);
  }
}
