package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A git repository with a checkout, made for the occasion and the same each time.
 *
 * @param directory its working tree
 * @param files how many files it has, a hundred to a directory
 */
public record Repository(Path directory, int files) {
  private static final String AUTHOR = "Benchmark <benchmark@example.org> ";
  private static final long START = 1_700_000_000L;

  /**
   * Makes a repository: one commit with all files, then commits that change one file each.
   *
   * @param directory a new directory
   * @param bytes the size of a file
   */
  public static Repository make(Path directory, int files, int bytes, int commits)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Tool.run(directory, "git", "init", "--quiet", "--initial-branch=main");
    configure(directory);
    Tool.run(
        directory,
        List.of("git", "fast-import", "--quiet", "--done"),
        Map.of(),
        out -> {
          Random random = new Random(files);
          write(out, commit(0));
          for (int file = 0; file < files; file++) {
            write(out, change(file, content(random, bytes)));
          }
          for (int commit = 1; commit < commits; commit++) {
            write(out, commit(commit));
            write(out, change(random.nextInt(files), content(random, bytes)));
          }
          write(out, "done\n");
        });
    Tool.run(directory, "git", "reset", "--quiet", "--hard");
    return new Repository(directory, files);
  }

  /** Settings that do not depend on the user's own. */
  public static void configure(Path directory) throws IOException, InterruptedException {
    for (String setting :
        List.of(
            "user.name=Benchmark",
            "user.email=benchmark@example.org",
            "commit.gpgsign=false",
            "gc.auto=0",
            "maintenance.auto=false")) {
      String[] parts = setting.split("=", 2);
      Tool.run(directory, "git", "config", parts[0], parts[1]);
    }
  }

  /** Returns the path of a file. */
  public static String path(int file) {
    return "part%d/module%d/File%d.txt".formatted(file / 10_000, file / 100, file);
  }

  private static String commit(int number) {
    return "commit refs/heads/main\ncommitter %s%d +0000\ndata 6\nChange\n"
        .formatted(AUTHOR, START + number);
  }

  private static String change(int file, String content) {
    return "M 100644 inline %s\ndata %d\n%s\n".formatted(path(file), content.length(), content);
  }

  /** Lines of words, which compress about as source code does. */
  private static String content(Random random, int bytes) {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      text.append("word").append(random.nextInt(1000)).append(text.length() % 60 < 8 ? '\n' : ' ');
    }
    text.setLength(bytes);
    return text.toString();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
