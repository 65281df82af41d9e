package dev.dispense.benchmarks.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Makes files that compress as those of a project do: nine of ten are like source code, the tenth
 * is like an image.
 */
public final class SourceText {
  private static final int WORDS = 4000;
  private static final int IDIOMS = 300;
  private static final String[] MARKS = {
    " = ", "(", ") {\n    ", ";\n    ", ", ", ".", "();\n    ", " ", " -> ", "\n\n  /** "
  };

  private final Random random;
  private final String[] words = new String[WORDS];

  /**
   * Makes a source of text.
   *
   * @param seed the same makes the same files
   */
  public SourceText(long seed) {
    random = new Random(seed);
    for (int i = 0; i < WORDS; i++) {
      StringBuilder word = new StringBuilder();
      for (int left = 2 + random.nextInt(9); left > 0; left--) {
        word.append((char) ('a' + random.nextInt(26)));
      }
      words[i] = word.toString();
    }
  }

  /** Makes files in an existing directory, a hundred to a directory. */
  public void fill(Path directory, int files, int bytes) throws IOException, InterruptedException {
    for (int file = 0; file < files; file++) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while files were made");
      }
      Path path = directory.resolve("directory" + file / 100).resolve("File" + file);
      Files.createDirectories(path.getParent());
      Files.write(path, file % 10 == 0 ? noise(bytes) : text(bytes));
    }
  }

  private byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] text(int bytes) {
    StringBuilder text = new StringBuilder();
    while (text.length() < bytes) {
      if (random.nextInt(4) == 0) {
        int idiom = random.nextInt(IDIOMS);
        for (int i = 1; i <= 3; i++) {
          text.append(words[idiom * i]).append(MARKS[(idiom + i) % MARKS.length]);
        }
      }
      // Few words are frequent.
      double place = Math.pow(random.nextDouble(), 3);
      text.append(words[(int) (place * WORDS)]).append(MARKS[random.nextInt(MARKS.length)]);
    }
    return text.substring(0, bytes).getBytes(StandardCharsets.US_ASCII);
  }
}
