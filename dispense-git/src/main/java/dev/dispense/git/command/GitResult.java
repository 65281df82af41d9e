package dev.dispense.git.command;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a git command ended.
 *
 * @param arguments what was run
 * @param exitCode its exit code
 * @param stdout what it wrote, one character for each byte, as names are bytes to git
 * @param stderr the beginning of what it said, printable
 */
public record GitResult(List<String> arguments, int exitCode, String stdout, String stderr) {
  // Git reads the entries of all worktrees, also of one that another git has only begun to make.
  private static final Pattern HALF_MADE_WORKTREE =
      Pattern.compile("failed to read .*worktrees/[^/]+/(commondir|gitdir|HEAD)");

  private static final Pattern DAMAGE =
      Pattern.compile("bad tree object|bad object|unable to read|missing blob|is corrupt");

  /** What git says when it cannot write; the reason is not always told. */
  private static final Pattern UNWRITTEN =
      Pattern.compile(
          "(couldn't|cannot|could not|unable to|failed to) write|write error"
              + "|No space left on device|Disk quota exceeded|Read-only file system");

  public boolean isSuccess() {
    return exitCode == 0;
  }

  /** Returns whether git failed because another git was changing the same thing. */
  boolean isContention() {
    return !isSuccess()
        && (HALF_MADE_WORKTREE.matcher(stderr).find()
            || stderr.contains(".lock': File exists")
            || stderr.contains("could not lock config file")
            || stderr.contains("Another git process seems to be running"));
  }

  /** Returns whether git failed because it could not write something, which is no fault of data. */
  public boolean isUnwritten() {
    return !isSuccess() && UNWRITTEN.matcher(stderr).find();
  }

  /** Returns the output as text, without the newline at the end. */
  public String line() {
    String text = text();
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  /** Returns the output as UTF-8 text. */
  public String text() {
    return text(stdout);
  }

  /** Returns what is held as one character for each byte, as UTF-8 text. */
  public static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Returns the parts of output that was asked for with {@code -z}. */
  public List<String> parts() {
    return split(text());
  }

  /** Returns the parts as {@link #parts()} does, one character for each byte. */
  public List<String> rawParts() {
    return split(stdout);
  }

  private static List<String> split(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    String[] parts = text.split("\0", -1);
    return List.of(parts).subList(0, parts.length - 1);
  }

  public GitResult orThrow() {
    if (!isSuccess()) {
      throw failure("run " + Git.describe(arguments));
    }
    return this;
  }

  /** Returns the exception that says that {@code tried} failed, and what git said. */
  public DispenseException failure(String tried) {
    return new DispenseException(
        "Tried to " + tried + " but failed because " + reason() + "." + advice());
  }

  private String advice() {
    if (DAMAGE.matcher(stderr).find()) {
      return " The repository is damaged: see what 'git fsck' says there.";
    }
    return isUnwritten() ? " See whether the disk is full, and whether you may write there." : "";
  }

  /** Returns what git said, on one line. */
  public String reason() {
    String said =
        PrintableText.printable(stderr, 1000)
            .replaceFirst("^(fatal|error): ", "")
            .replaceFirst("\\.+$", "");
    return said.isEmpty() ? "git ended with exit code " + exitCode : "git said: " + said;
  }
}
