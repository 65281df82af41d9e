package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
  @TempDir Path temporary;
  private Path from;
  private Path to;

  @BeforeEach
  void makeDirectories() throws IOException {
    from = Files.createDirectory(temporary.resolve("from ü"));
    to = Files.createDirectory(temporary.resolve("to"));
  }

  @Test
  void filesLinksDirectoriesModesAndTimesComeBack() throws IOException {
    Path file = Files.writeString(from.resolve("file"), "content");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-xr-x--x"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));
    Files.createDirectories(from.resolve("empty/deeper"));
    Files.setPosixFilePermissions(
        from.resolve("empty"), PosixFilePermissions.fromString("rwx-----x"));
    Files.createSymbolicLink(from.resolve("empty/link"), Path.of("../file"));
    Files.writeString(from.resolve(".hidden"), "");
    copy();

    assertThat(names(to)).containsExactly(".hidden", "empty", "empty/deeper", "empty/link", "file");
    assertThat(to.resolve("file")).hasContent("content");
    assertThat(permissions("file")).isEqualTo("r-xr-x--x");
    assertThat(permissions("empty")).isEqualTo("rwx-----x");
    assertThat(Files.getLastModifiedTime(to.resolve("file")).toInstant())
        .isEqualTo("2001-02-03T04:05:06Z");
    assertThat(Files.readSymbolicLink(to.resolve("empty/link"))).hasToString("../file");
  }

  @Test
  void awkwardNamesComeBack() throws IOException {
    List<String> names =
        List.of(
            "-rf",
            "two words",
            "line\nbreak",
            "tab\t",
            "it's \"q\"",
            "back\\slash",
            "%41",
            "ü 漢字 🚀",
            "a:b",
            " ",
            "~",
            "x".repeat(255),
            "ü".repeat(127));
    for (String name : names) {
      Files.writeString(from.resolve(name), name);
      Path deep = Files.createDirectories(from.resolve("d".repeat(150)).resolve(name));
      Files.createSymbolicLink(deep.resolve("link"), Path.of("../" + name + "/" + "t".repeat(120)));
    }
    copy();

    assertThat(names(to)).isEqualTo(names(from));
    for (String name : names) {
      assertThat(to.resolve(name)).hasContent(name);
      assertThat(Files.readSymbolicLink(to.resolve("d".repeat(150)).resolve(name).resolve("link")))
          .hasToString("../" + name + "/" + "t".repeat(120));
    }
  }

  @Test
  void namesThatAreNotUtf8ComeBackAsTheirBytes() throws IOException, InterruptedException {
    run(from, "mkdir \"$(printf 'd\\377\\376')\"; cd d*; printf x > \"$(printf 'f\\200 \\303')\"");
    run(from, "ln -s \"$(printf 'd\\377\\376/f\\200 \\303')\" \"$(printf 'l\\351')\"");
    run(from, "ln -s \"$(printf '\\351')\" \"$(printf 'dangling')\"");
    copy();

    String listing = "find . | LC_ALL=C sort | od -c; readlink d* l* | od -c; cat l*";
    assertThat(run(to, listing)).isEqualTo(run(from, listing)).contains("377", "351");
  }

  @Test
  void largeFilesComeBack() throws IOException {
    byte[] content = new byte[3_000_001];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) ((i * 31) >> 3);
    }
    Files.write(from.resolve("large"), content);
    for (int size : new int[] {0, 1, 511, 512, 513, 1024}) {
      Files.write(from.resolve("f" + size), new byte[size]);
    }
    copy();

    assertThat(to.resolve("large")).hasBinaryContent(content);
    assertThat(to.resolve("f513")).hasSize(513);
    assertThat(to.resolve("f0")).isEmptyFile();
  }

  @Test
  void sizesBeyondEightGigabytesAreWrittenAndRead() throws IOException {
    long size = (8L << 30) + 5;
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    new TarWriter(header).write(new TarEntry("big", '0', 0644, size, -5, ""));
    TarEntry entry =
        new TarReader(new ByteArrayInputStream(header.toByteArray())).next().orElseThrow();

    assertThat(entry.size()).isEqualTo(size);
    assertThat(entry.modified()).isEqualTo(-5);
  }

  @Test
  void gnuTarReadsWhatIsPacked() throws IOException, InterruptedException {
    Files.createDirectories(from.resolve("deep/" + "long ".repeat(40) + "ü"));
    Files.writeString(from.resolve("deep/" + "long ".repeat(40) + "ü/file"), "content");
    Files.createSymbolicLink(from.resolve("link"), Path.of("l".repeat(200)));
    try (OutputStream out = Files.newOutputStream(temporary.resolve("packed.tar"))) {
      Archive.pack(from, out);
    }
    run(to, "tar -xf ../packed.tar");

    assertThat(names(to)).isEqualTo(names(from));
    assertThat(Files.readSymbolicLink(to.resolve("link"))).hasToString("l".repeat(200));
  }

  @Test
  void whatGnuTarPacksIsReadInEveryFormat() throws IOException, InterruptedException {
    Files.createDirectories(from.resolve("deep/" + "long ".repeat(15)));
    Files.writeString(from.resolve("deep/" + "long ".repeat(15) + "/file ü"), "content");
    Files.createSymbolicLink(from.resolve("link"), Path.of("deep"));
    for (String format : List.of("gnu", "oldgnu", "pax", "posix", "ustar", "v7")) {
      Path target = Files.createDirectory(temporary.resolve(format));
      run(from, "tar -cf ../" + format + ".tar --format=" + format + " .");
      try (InputStream in = Files.newInputStream(temporary.resolve(format + ".tar"))) {
        Archive.unpack(in, target, Archive.Limits.DEFAULT);
      }
      assertThat(names(target)).as(format).isEqualTo(names(from));
    }
  }

  @Test
  void aCopyHasAnotherOwnerAndTheSameNames() throws IOException, InterruptedException {
    run(from, "mkdir \"$(printf 'd\\377')\"; cd d*; printf x > \"$(printf 'f\\351')\"; ln f* hard");
    run(from, "cd d*; ln -s \"$(printf '\\351')\" link; chmod 4750 hard");
    for (String format : List.of("gnu", "oldgnu", "pax", "posix", "ustar", "v7")) {
      run(from, "tar -cf ../" + format + ".tar --format=" + format + " .");
      try (InputStream in = Files.newInputStream(temporary.resolve(format + ".tar"));
          OutputStream out = Files.newOutputStream(temporary.resolve("copy.tar"))) {
        Archive.copy(in, out, 1234, 3_000_000);
      }
      String list = " | LC_ALL=C tar -tv --numeric-owner -f - | sed 's/  */ /g'";
      assertThat(run(temporary, "cat copy.tar" + list))
          .as(format)
          .isEqualTo(run(from, "tar -c --owner=:1234 --group=:3000000 ." + list));
    }
  }

  @Test
  void aCopyOfADeviceIsRefused() {
    InputStream archive = new TarBytes().entry("null", '3', 0644, "", "").end();

    assertThatThrownBy(() -> Archive.copy(archive, OutputStream.nullOutputStream(), 1, 1))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("'null'");
  }

  @Test
  void pipesAndSocketsAreLeftOut() throws IOException, InterruptedException {
    run(from, "mkfifo pipe; echo x > file");
    copy();

    assertThat(names(to)).containsExactly("file");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws IOException {
    assertThatThrownBy(() -> pack(temporary.resolve("missing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
    Path file = Files.writeString(from.resolve("a file"), "x");
    assertThatThrownBy(() -> pack(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a directory");
    IOException denied = new java.nio.file.AccessDeniedException("a file");
    assertThatThrownBy(
            () -> new Packer(from, OutputStream.nullOutputStream()).visitFileFailed(file, denied))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a file")
        .hasMessageContaining("cannot be read")
        .hasCause(denied);
  }

  @Test
  void aFileThatGrowsIsPackedInTheLengthThatItHad() throws IOException {
    Path file = Files.write(from.resolve("log"), new byte[300_000]);
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archive.pack(from, onFirstContent(tar, () -> Files.write(file, new byte[900_000])));
    Archive.unpack(new ByteArrayInputStream(tar.toByteArray()), to, Archive.Limits.DEFAULT);

    assertThat(to.resolve("log")).hasSize(300_000);
  }

  @Test
  void aFileThatBecomesShorterIsReported() throws IOException {
    Path file = Files.write(from.resolve("log"), new byte[300_000]);

    assertThatThrownBy(
            () ->
                Archive.pack(
                    from,
                    onFirstContent(
                        OutputStream.nullOutputStream(), () -> Files.write(file, new byte[7]))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("log")
        .hasMessageContaining("shorter");
  }

  @Test
  void whatIsDeletedMeanwhileIsLeftOut() throws IOException {
    for (int i = 0; i < 3; i++) {
      Files.write(from.resolve("f" + i), new byte[300_000]);
    }
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archive.pack(
        from,
        onFirstContent(
            tar,
            () -> {
              for (String name : names(from)) {
                Files.delete(from.resolve(name));
              }
            }));
    Archive.unpack(new ByteArrayInputStream(tar.toByteArray()), to, Archive.Limits.DEFAULT);

    assertThat(names(to)).hasSize(1);
  }

  private void copy() throws IOException {
    Archive.unpack(new ByteArrayInputStream(pack(from)), to, Archive.Limits.DEFAULT);
  }

  private static byte[] pack(Path directory) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archive.pack(directory, tar);
    return tar.toByteArray();
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Does something as soon as the first piece of a file is written, of which more is to come. */
  private static OutputStream onFirstContent(OutputStream out, Action action) {
    return new OutputStream() {
      private boolean done;

      @Override
      public void write(int b) throws IOException {
        out.write(b);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        out.write(buffer, offset, length);
        if (length > 1024 && !done) {
          done = true;
          action.run();
        }
      }
    };
  }

  private static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(path -> !path.equals(directory))
          .map(path -> directory.relativize(path).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private String permissions(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve(path)));
  }

  private static String run(Path directory, String script)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
