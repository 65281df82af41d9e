package dev.dispense.git.repository;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SourceProvider.Upload;
import dev.dispense.support.ProcessId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where the files of one sandbox are, on this machine and in it.
 *
 * @param name the sandbox
 * @param directory what this machine keeps for it
 * @param layout where things are in the sandbox
 */
public record SandboxFiles(SandboxName name, Path directory, SandboxLayout layout) {
  /** The part of a sandbox's directory that holds what came out of it, and temporary files. */
  public static final String RESULTS = "results";

  /** What the worktree is called in a sandbox's directory. */
  public static final String WORKTREE = "worktree";

  /** Returns the branch that is checked out in the sandbox. */
  public String branch() {
    return branch(name);
  }

  /** Returns the branch that is checked out in the sandbox of that name. */
  public static String branch(SandboxName name) {
    return "dispense/" + name;
  }

  /** Returns what is mounted as the workspace; written by the agent. */
  public Path worktree() {
    return directory.resolve(WORKTREE);
  }

  /** Returns the private git directory; written by the agent, never opened here. */
  public Path git() {
    return directory.resolve("git");
  }

  /** Returns the file that is mounted over {@code .git} in the workspace. */
  public Path gitfile() {
    return directory.resolve("gitfile");
  }

  /** Returns the repository with what was copied from a directory; the sandbox only reads it. */
  public Path baseline() {
    return directory.resolve("baseline.git");
  }

  /** Returns what is uploaded. */
  public Path upload() {
    return directory.resolve("upload");
  }

  /** Returns what says how to remove a checkout that was cut off. */
  public Path unfinished() {
    return directory.resolve("checkout.properties");
  }

  /** Returns where results are checked and read. */
  public Path quarantine() {
    return directory.resolve(RESULTS).resolve("results.git");
  }

  /** Returns a new file for a result. */
  public Path newResult() {
    try {
      return Files.createFile(
          directory.resolve(RESULTS).resolve(ProcessId.temporaryName("result")));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to make a file in "
              + directory
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  /** Returns where a copy of the user's index is for a moment. */
  public Path snapshotIndex() {
    return directory.resolve("uncommitted-index");
  }

  /** Returns the git directory in the sandbox. */
  public String gitInside() {
    return layout.dispense() + "/git";
  }

  /** Writes the file by which git in the workspace finds the private git directory. */
  public void writeGitfile(Path file) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, "gitdir: " + gitInside() + "\n");
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  /** Makes what the mounts need to be there when the sandbox starts, but for the worktree. */
  public void makeMountPoints() {
    try {
      Files.createDirectories(git());
    } catch (IOException e) {
      throw new DispenseException("Tried to make " + git() + " but failed because " + e, e);
    }
    writeGitfile(gitfile());
  }

  /**
   * Returns the mounts of the worktree and its git directory. The gitfile is a mount of its own, so
   * that the agent can neither remove, rename nor write it.
   */
  public List<Mount> mounts() {
    return List.of(
        new Mount(worktree(), layout.workspace(), false),
        new Mount(gitfile(), layout.workspace() + "/.git", true),
        new Mount(git(), gitInside(), false));
  }

  /** Returns the uploads of a git directory and of what is beside it in {@link #upload()}. */
  public List<Upload> uploads() {
    Path workspace = upload().resolve("workspace");
    writeGitfile(workspace.resolve(".git"));
    return List.of(
        new Upload(upload().resolve("git"), gitInside()),
        new Upload(workspace, layout.workspace()));
  }

  /** Returns the command that checks out the files in the sandbox. */
  public Command reset() {
    return Command.of("git", "-c", "core.hooksPath=/dev/null", "reset", "--quiet", "--hard")
        .withEnvironment(Map.of("GIT_DIR", gitInside(), "GIT_WORK_TREE", layout.workspace()))
        .in(layout.workspace());
  }
}
