package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A machine with a user of its own below a temporary directory, and the user's own git on it. */
public record TestHost(Path root) {
  public static TestHost in(Path temporary) throws IOException {
    TestHost host = new TestHost(temporary.toRealPath());
    Files.createDirectories(host.home());
    Files.writeString(
        host.home().resolve(".gitconfig"),
        "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n");
    return host;
  }

  public Path home() {
    return root.resolve("home");
  }

  public Path state() {
    return root.resolve("state");
  }

  public Environment host() {
    return host(Map.of());
  }

  public Environment host(Map<String, String> settings) {
    return Environment.in(home())
        .withVariables(Map.of("PATH", System.getenv("PATH"), "GIT_DIR", "/nonexistent"))
        .withSettings(settings)
        .withStateDirectory(state())
        .withCacheDirectory(root.resolve("cache"))
        .withUserName("ada")
        .withClock(Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneOffset.UTC));
  }

  /** Makes a repository with one commit. */
  public Path repository(String name) {
    Path repository = emptyRepository(name);
    write(repository.resolve("README"), "read me\n");
    write(repository.resolve("src/App.java"), "class App {}\n");
    write(repository.resolve(".gitignore"), "*.log\ntarget/\n");
    git(repository, "add", "-A");
    git(repository, "commit", "-qm", "First");
    return repository;
  }

  public Path emptyRepository(String name) {
    Path repository = root.resolve(name);
    git(directory(name), "init", "-q");
    return repository;
  }

  public Path directory(String name) {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs the user's git, which must succeed, and returns what it writes. */
  public String git(Path directory, String... arguments) {
    return run(directory, Map.of(), concat("git", arguments));
  }

  public String run(Path directory, Map<String, String> variables, String... argv) {
    try {
      Process process = start(directory, variables, argv);
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(() -> Arrays.toString(argv) + "\n" + output).isZero();
      return output.strip();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Process start(Path directory, Map<String, String> variables, String... argv)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("HOME", home().toString());
    builder.environment().put("GIT_ALLOW_PROTOCOL", "file");
    builder.environment().putAll(variables);
    return builder.redirectErrorStream(true).start();
  }

  public static String[] concat(String first, String... rest) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(rest));
    return all.toArray(new String[0]);
  }

  public static void write(Path file, String content) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Returns all that must stay as it is in a repository: files of the worktree, index, HEAD,
   * configuration, hooks; not the objects and refs.
   */
  public static Map<String, String> untouchable(Path repository) {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(repository)) {
      walk.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .forEach(
              path -> {
                String name = repository.relativize(path).toString();
                if (!name.matches("\\.git/(objects|refs|logs|worktrees)/.*|\\.git/packed-refs")) {
                  files.put(name, bytes(path));
                }
              });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }

  private static String bytes(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Checks that no worktree and no branch of a sandbox is left, and that nothing is damaged. */
  public void assertNothingLeft(Path repository) {
    assertThat(git(repository, "worktree", "list", "--porcelain").lines())
        .filteredOn(line -> line.startsWith("HEAD ") || line.equals("bare"))
        .hasSize(1);
    assertThat(git(repository, "for-each-ref", "refs/heads/dispense")).isEmpty();
    assertThat(git(repository, "for-each-ref", "refs/dispense/*/base")).isEmpty();
    git(repository, "fsck", "--strict", "--no-dangling");
  }
}
