package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A directory that an archive is unpacked into, beside files which must stay as they are. */
final class UnpackedTree implements AutoCloseable {
  private static final int SETUID_SETGID_STICKY = 07000;

  private final Path outside = Files.createTempDirectory("dispense-fuzz");
  private final Path directory = Files.createDirectories(outside.resolve("a/b/target"));
  private final Path canary = Files.writeString(outside.resolve("a/canary"), "sings");

  UnpackedTree() throws IOException {}

  Path directory() {
    return directory;
  }

  void assertNothingLeadsOutside() throws IOException {
    try (Stream<Path> paths = Files.walk(outside)) {
      assertThat(paths.filter(path -> !path.startsWith(directory) || path.equals(directory)))
          .containsExactlyInAnyOrder(
              outside, outside.resolve("a"), outside.resolve("a/b"), canary, directory);
    }
    assertThat(canary).hasContent("sings");
    for (Path path : paths()) {
      if (Files.isSymbolicLink(path)) {
        assertStaysInside(path);
      }
    }
  }

  /** Follows a link by hand: what it names need not be there, or not yet. */
  private void assertStaysInside(Path link) throws IOException {
    Path real = real(link.resolveSibling("."));
    for (Path name : Files.readSymbolicLink(link)) {
      real = real(real.resolve(name).normalize());
      assertThat(real.startsWith(directory)).as("%s leads to %s", link, real).isTrue();
    }
  }

  private static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (FileSystemException e) {
      return path; // it dangles, or is a circle
    }
  }

  void assertWithin(Archive.Limits limits) throws IOException {
    List<Path> paths = paths();
    assertThat((long) paths.size()).isLessThanOrEqualTo(limits.entries());
    long bytes = 0;
    for (Path path : paths) {
      assertThat((int) attribute(path, "unix:mode") & SETUID_SETGID_STICKY).isZero();
      if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        bytes += Files.size(path);
        assertThat((int) attribute(path, "unix:nlink")).isEqualTo(1);
      }
    }
    assertThat(bytes).isLessThanOrEqualTo(limits.bytes());
  }

  /** Makes files, directories and links with whatever names and modes the bytes say. */
  void grow(byte[] instructions) throws IOException {
    Path at = directory;
    int count = 0;
    for (int i = 0; i + 3 < instructions.length && count < 20; count++) {
      int kind = instructions[i] & 3;
      int mode = ((instructions[i] << 6) | instructions[i + 1]) & 0777;
      int length = Math.min(1 + (instructions[i + 2] & 0x7f), instructions.length - i - 3);
      String name = name(instructions, i + 3, length);
      i += 3 + length;
      Path path = ByteNames.resolve(at, name);
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      switch (kind) {
        case 0 -> {
          Files.createDirectory(path);
          Files.setPosixFilePermissions(path, Permissions.of(mode));
          at = path;
        }
        case 1 -> Files.createSymbolicLink(path, ByteNames.path(name + "/" + name));
        default -> {
          Files.writeString(path, name.repeat(mode));
          Files.setPosixFilePermissions(path, Permissions.of(mode));
          Files.setLastModifiedTime(path, FileTime.from(mode * 10_000_000L, TimeUnit.SECONDS));
        }
      }
    }
  }

  private static String name(byte[] bytes, int offset, int length) {
    StringBuilder name = new StringBuilder("n");
    for (int i = offset; i < offset + length; i++) {
      char c = (char) (bytes[i] & 0xff);
      name.append(c == 0 || c == '/' ? '_' : c);
    }
    return name.toString();
  }

  byte[] pack() throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    Archive.pack(directory, archive);
    return archive.toByteArray();
  }

  void extractWithGnuTar(byte[] archive) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-xf", "-", "--no-same-owner", "-C", directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (OutputStream in = tar.getOutputStream()) {
      in.write(archive);
    } catch (IOException e) {
      // It has read what it wanted.
    }
    tar.waitFor();
  }

  /** Returns what is there, by path: kind, mode, content or target, all as bytes. */
  Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    for (Path path : paths()) {
      int mode = (int) attribute(path, "unix:mode") & 0777;
      String what;
      if (Files.isSymbolicLink(path)) {
        what = "link " + ByteNames.of(Files.readSymbolicLink(path));
      } else if (Files.isDirectory(path)) {
        what = "directory " + mode;
      } else {
        what = "file " + mode + " " + HexFormat.of().formatHex(Files.readAllBytes(path));
      }
      content.put(ByteNames.of(directory.relativize(path)), what);
    }
    return content;
  }

  private static Object attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
  }

  private List<Path> paths() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths.filter(path -> !path.equals(directory)).toList();
    }
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(outside);
  }
}
