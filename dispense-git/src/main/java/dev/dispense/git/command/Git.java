package dev.dispense.git.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.UnavailableException;
import dev.dispense.support.BoundedOutput;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs this machine's git as an argument list in one directory, with an environment in which
 * nothing runs that was not asked for: no hooks, no file system monitor, no prompts, and none of
 * the caller's {@code GIT_*} variables. Immutable, safe for use by several threads.
 *
 * @param host whose git and whose configuration is used
 * @param directory where git runs
 * @param variables set on top
 */
public record Git(Environment host, Path directory, Map<String, String> variables) {
  private static final List<String> PINNED =
      List.of(
          "core.hooksPath=/dev/null",
          "core.fsmonitor=false",
          "core.untrackedCache=false",
          "core.splitIndex=false",
          "submodule.recurse=false",
          "protocol.ext.allow=never",
          "gc.auto=0",
          "maintenance.auto=false",
          "color.ui=false");

  private static final String INSTALL = " Install git 2.34 or newer, and try again.";

  public Git {
    variables = Map.copyOf(variables);
  }

  public static Git of(Environment host, Path directory) {
    return new Git(host, directory, Map.of());
  }

  /** Returns git in another directory. */
  public Git in(Path other) {
    return new Git(host, other, variables);
  }

  /** Returns git with one more variable. */
  public Git with(String name, String value) {
    Map<String, String> more = new TreeMap<>(variables);
    more.put(name, value);
    return new Git(host, directory, more);
  }

  /** Returns git pinned to one git directory, so that it looks for no other. */
  public Git at(Path gitDirectory) {
    return with("GIT_DIR", gitDirectory.toString()).in(gitDirectory);
  }

  /**
   * Returns git that reads neither the system's nor the user's configuration and attributes: where
   * an agent's data is involved, no filter, driver or program of theirs may run on it.
   */
  public Git sealed() {
    return with("GIT_CONFIG_NOSYSTEM", "1")
        .with("GIT_CONFIG_GLOBAL", File.separatorChar == '\\' ? "NUL" : "/dev/null")
        .with("GIT_ATTR_NOSYSTEM", "1")
        .with("XDG_CONFIG_HOME", directory.getRoot().resolve("nonexistent").toString());
  }

  /** Returns git with settings that go before all others. */
  public Git configured(Map<String, String> settings) {
    Git git = with("GIT_CONFIG_COUNT", Integer.toString(settings.size()));
    int i = 0;
    for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
      git =
          git.with("GIT_CONFIG_KEY_" + i, setting.getKey())
              .with("GIT_CONFIG_VALUE_" + i, setting.getValue());
      i++;
    }
    return git;
  }

  /** Returns git that makes commits and reflog entries as {@code identity}. */
  public Git as(Identity identity) {
    return with("GIT_AUTHOR_NAME", identity.name())
        .with("GIT_AUTHOR_EMAIL", identity.email())
        .with("GIT_COMMITTER_NAME", identity.name())
        .with("GIT_COMMITTER_EMAIL", identity.email());
  }

  /** Runs git and returns how it ended; a failure is a result. */
  public GitResult tryRun(String... arguments) {
    return tryRun(InputStream.nullInputStream(), List.of(arguments));
  }

  /** Runs git with an input and returns how it ended; a failure is a result. */
  public GitResult tryRun(InputStream input, List<String> arguments) {
    BoundedOutput output = BoundedOutput.cutAt(GitProcess.OUTPUT_LIMIT);
    GitProcess.End end = pipe(input, in -> in.transferTo(output), arguments);
    if (output.isCut()) {
      throw new DispenseException(
          "Tried to read the output of "
              + describe(arguments)
              + " but failed because it is longer than "
              + GitProcess.OUTPUT_LIMIT
              + " bytes.");
    }
    return new GitResult(arguments, end.exitCode(), output.text(ISO_8859_1), end.stderr());
  }

  /** Runs git and returns its output without the newline at the end. */
  public String run(String... arguments) {
    return tryRun(arguments).orThrow().line();
  }

  /** Runs git with an input and returns its output without the newline at the end. */
  public String run(InputStream input, String... arguments) {
    return tryRun(input, List.of(arguments)).orThrow().line();
  }

  /** Runs git with its output streamed to {@code output}, which is not closed. */
  public void stream(OutputStream output, String... arguments) {
    drain(in -> in.transferTo(output), arguments);
  }

  /** Runs git with its output read by {@code sink} as it comes; a failure is a result. */
  public GitResult tryDrain(InputStream input, GitProcess.Sink sink, List<String> arguments) {
    GitProcess.End end = pipe(input, sink, arguments);
    return new GitResult(arguments, end.exitCode(), "", end.stderr());
  }

  /** Runs git with its output read by {@code sink} as it comes. */
  public void drain(GitProcess.Sink sink, String... arguments) {
    tryDrain(InputStream.nullInputStream(), sink, List.of(arguments)).orThrow();
  }

  /**
   * Runs git again while it fails because another git is at work in the repository, for up to ten
   * seconds: git itself waits for none of the locks on refs and configuration, or only for a tenth
   * of a second, and stumbles over a worktree that is being made.
   */
  public GitResult retrying(InputSupplier input, List<String> arguments) {
    long end = System.nanoTime() + 10_000_000_000L;
    while (true) {
      GitResult result = tryRun(input.open(), arguments);
      if (!result.isContention() || System.nanoTime() > end) {
        return result;
      }
      try {
        Thread.sleep(20 + (long) (Math.random() * 80));
      } catch (InterruptedException e) {
        throw DispenseException.interrupted("waiting for another git to finish", e);
      }
    }
  }

  /** Runs git without an input as {@link #retrying(InputSupplier, List)} does. */
  public GitResult retrying(String... arguments) {
    return retrying(InputStream::nullInputStream, List.of(arguments));
  }

  /** Opens an input, once for each try. */
  @FunctionalInterface
  public interface InputSupplier {
    InputStream open();
  }

  private GitProcess.End pipe(InputStream input, GitProcess.Sink output, List<String> arguments) {
    if (!Files.isDirectory(directory)) {
      throw new NotFoundException(
          "Tried to run git in " + directory + " but there is no such directory.");
    }
    List<String> argv = new ArrayList<>();
    argv.add(program().toString());
    for (String setting : PINNED) {
      argv.add("-c");
      argv.add(setting);
    }
    argv.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(argv).directory(directory.toFile());
    setEnvironment(builder.environment());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UnavailableException(
          "Tried to run git but failed because " + e.getMessage() + "." + INSTALL, e);
    }
    return new GitProcess(process).pipe(input, output, describe(arguments));
  }

  private void setEnvironment(Map<String, String> environment) {
    environment.clear();
    host.variables()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("GIT_")) {
                environment.put(name, value);
              }
            });
    environment.put("HOME", host.userHome().toString());
    environment.put("LC_ALL", "C");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_LFS_SKIP_SMUDGE", "1");
    environment.putAll(variables);
  }

  // ProcessBuilder would look along the path of this process, which need not be the host's.
  private Path program() {
    for (String entry : host.variable("PATH").orElse("").split(File.pathSeparator, -1)) {
      for (String name : List.of("git", "git.exe")) {
        Path candidate = Path.of(entry).resolve(name);
        if (candidate.isAbsolute() && Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    throw new UnavailableException(
        "Tried to run git but failed because there is none on the PATH." + INSTALL);
  }

  static String describe(List<String> arguments) {
    return "git " + arguments.get(0);
  }

  /** Throws when git is too old for what this package needs of it. */
  public void requireVersion() {
    if (!isAtLeast(2, 34)) {
      throw new UnavailableException(
          "The git on this machine is too old: " + run("version") + "." + INSTALL);
    }
  }

  /** Returns whether git is of a version or newer; not of one that it does not say. */
  public boolean isAtLeast(int major, int minor) {
    String[] parts = run("version").replaceFirst("^git version ", "").split("[^0-9]+", 3);
    try {
      int first = Integer.parseInt(parts[0]);
      return first > major || (first == major && Integer.parseInt(parts[1]) >= minor);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      // A version that does not start with two numbers is no git that is known to work.
      return false;
    }
  }
}
