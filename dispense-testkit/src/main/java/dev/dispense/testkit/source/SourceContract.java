package dev.dispense.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import dev.dispense.Source;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.FileTree;
import dev.dispense.testkit.LeakCheck;
import dev.dispense.testkit.provider.DirectoryContent;
import dev.dispense.testkit.unisolated.UnisolatedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link SourceProvider} must do with a directory of files: bring it into a sandbox,
 * bring what an agent did back out, leave the source as it was, and leave nothing behind. Each test
 * runs with both {@linkplain SourceProvider.Delivery deliveries}, over {@link UnisolatedProvider},
 * where a mount is a copy that is brought back before the changes are fetched.
 *
 * <p>The author of a provider writes a subclass that says how a source is made of the files. It
 * needs {@code sh}, {@code tar}, {@code cp}, and what {@link #commitScript} uses.
 */
@ExtendWith(LeakCheck.class)
@Tag("kit")
public abstract class SourceContract {
  static final String IGNORED = "build";

  @TempDir Path temporary;
  Path origin;
  Environment host;
  UnisolatedProvider sandboxes;
  SourceProvider provider;
  Source source;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // JUnit and the method before each test set the fields
  protected SourceContract() {}

  /** Returns the provider. */
  protected abstract SourceProvider provider();

  /**
   * Makes a source of a directory that holds files already, one of which is a {@code .gitignore}
   * that leaves out {@code build/}.
   */
  protected abstract Source source(Path directory) throws IOException;

  /**
   * Returns whether the provider may change a file of the source; by default none. Such files are
   * not compared.
   *
   * @param path relative to the source
   */
  protected boolean mayChange(String path) {
    return false;
  }

  /**
   * Returns what is left of sandboxes outside of the directories that the provider was given, such
   * as entries in the source's own records, but not what was fetched or kept. Empty before and
   * after each test.
   *
   * @param directory the source
   */
  protected List<String> traces(Path directory) throws IOException {
    return List.of();
  }

  /**
   * Returns a shell script that commits all that there is in the working directory, with the
   * message {@code $1}, as an agent would. Default: {@code git}.
   */
  protected String commitScript() {
    return "git add -A && git commit -q -m \"$1\"";
  }

  /**
   * Returns a shell script that makes the path {@code $1}, which is ignored, a part of the next
   * commit. Default: {@code git}.
   */
  protected String addIgnoredScript() {
    return "git add -f -- \"$1\"";
  }

  /**
   * Returns whether the source is a repository: it has commits to start from, what is not committed
   * stays out unless asked for, and work can be fetched into it.
   */
  protected boolean isRepository() {
    return true;
  }

  @BeforeEach
  final void makeSource() throws IOException {
    temporary = temporary.toRealPath();
    origin = Files.createDirectory(temporary.resolve("origin with a space ü"));
    Path home = Files.createDirectory(temporary.resolve("home"));
    Map<String, String> environment = new TreeMap<>(Environment.current().variables());
    environment.put("HOME", home.toString());
    environment.keySet().removeIf(name -> name.startsWith("GIT_") || name.startsWith("XDG_"));
    host =
        Environment.in(home)
            .withVariables(environment)
            .withStateDirectory(temporary.resolve("state"))
            .withCacheDirectory(temporary.resolve("cache"))
            .withUserName("tester");
    fill(origin);
    source = source(origin);
    provider = provider();
    sandboxes = new UnisolatedProvider(temporary.resolve("sandboxes"));
    assertThat(traces(origin)).isEmpty();
  }

  @AfterEach
  final void nothingIsLeftBehind() throws IOException {
    sandboxes.list().forEach(machine -> sandboxes.delete(machine.id()));
    sandboxes.close();
    FileTree.delete(temporary.resolve("state"));
    assertThat(traces(origin)).isEmpty();
  }

  /** How the files come in. */
  @Nested
  class Checkouts extends SourceCheckoutContract {
    Checkouts() {
      super(SourceContract.this);
    }
  }

  /** What is told of the work. */
  @Nested
  class Work extends SourceWorkContract {
    Work() {
      super(SourceContract.this);
    }
  }

  /** How the work comes out. */
  @Nested
  class Results extends SourceResultsContract {
    Results() {
      super(SourceContract.this);
    }
  }

  /** What the source is, without what may change. */
  final Map<String, String> originContent() throws IOException {
    Map<String, String> content = new TreeMap<>(DirectoryContent.describe(origin));
    content.keySet().removeIf(this::mayChange);
    return content;
  }

  private static void fill(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("src/deep"));
    Files.writeString(directory.resolve("README"), "Read me.\n");
    Files.writeString(directory.resolve("src/main.txt"), "one\ntwo\nthree\n".repeat(20));
    Files.writeString(directory.resolve("src/deep/other.txt"), "other\n");
    Files.writeString(directory.resolve("src/Grüße 漢字 it's"), "awkward\n");
    Files.writeString(directory.resolve(".hidden"), "hidden\n");
    Files.writeString(directory.resolve(".gitignore"), IGNORED + "/\n");
    Files.write(directory.resolve("binary"), new byte[] {0, 1, 2, (byte) 0xff, 0, '\r', '\n'});
    Files.writeString(directory.resolve("run.sh"), "#!/bin/sh\necho run\n");
    Files.setPosixFilePermissions(
        directory.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("src/main.txt"));
  }
}
