package dev.dispense.git.repository;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The refs of one sandbox in the user's repository.
 *
 * @param git runs in the repository
 * @param name the sandbox
 */
public record SandboxRefs(Git git, SandboxName name) {
  private static final String KEPT = "kept/";

  private String prefix() {
    return "refs/dispense/" + name + "/";
  }

  /** Returns the ref of the last commit that the agent made. */
  public String head() {
    return prefix() + "head";
  }

  /** Returns the ref of all that the agent left. */
  public String work() {
    return prefix() + "work";
  }

  /** Returns the ref that keeps what the agent started from, where there is no branch to do so. */
  public String base() {
    return prefix() + "base";
  }

  /**
   * Moves what an earlier sandbox of the same name left out of the way, so that it is not taken for
   * the work of the new one.
   */
  public void park(Rollback undo, Progress.Listener progress) {
    Map<String, String> left = new LinkedHashMap<>();
    Map<String, String> kept = new LinkedHashMap<>();
    String listing = git.run("for-each-ref", "--format=%(objectname) %(refname)", prefix());
    for (String line : listing.lines().toList()) {
      String[] parts = line.split(" ", 2);
      (parts[1].startsWith(prefix() + KEPT) ? kept : left).put(parts[1], parts[0]);
    }
    if (left.isEmpty()) {
      return;
    }
    List<String> there = new ArrayList<>();
    List<String> back = new ArrayList<>();
    left.forEach(
        (ref, id) -> {
          String last = ref.substring(prefix().length()).replace('/', '-');
          String target = kept(id.substring(0, 10), last);
          if (kept.containsKey(target) && !id.equals(kept.get(target))) {
            target = kept(id, last);
          }
          there.add("delete " + ref + " " + id);
          back.add("create " + ref + " " + id);
          if (!kept.containsKey(target)) {
            there.add("create " + target + " " + id);
            back.add("delete " + target + " " + id);
          }
        });
    update("keep the work of an earlier sandbox", there);
    undo.add(() -> update("restore the refs of an earlier sandbox", back));
    progress.onNotice(
        "The repository has the work of an earlier sandbox named "
            + name
            + "; it is now kept in "
            + prefix()
            + KEPT
            + ".");
  }

  /** Returns the ref under which what an earlier sandbox of the name left is kept. */
  public String kept(CommitId id, String what) {
    return kept(id.value(), what);
  }

  private String kept(String id, String what) {
    return prefix() + KEPT + id + "-" + what;
  }

  /**
   * Changes refs, all or none; each line is one of {@code git update-ref --stdin}. Said as a
   * transaction, as git would carry out what came before its input was cut off.
   */
  public void update(String doing, List<String> lines) {
    byte[] input =
        ("start\n" + String.join("\n", lines) + "\ncommit\n").getBytes(StandardCharsets.UTF_8);
    GitResult result =
        git.retrying(
            () -> new ByteArrayInputStream(input),
            List.of("update-ref", "-m", "dispense: " + doing, "--stdin"));
    if (!result.isSuccess()) {
      throw result.failure(doing);
    }
  }

  /** Returns what a ref points at; empty when there is no such ref. */
  public Optional<CommitId> read(String ref) {
    GitResult result = git.tryRun("rev-parse", "--verify", "--quiet", ref);
    if (!result.isSuccess()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CommitId(result.line()));
    } catch (IllegalArgumentException e) {
      throw new DispenseException("Tried to read " + ref + " but failed because it is damaged.", e);
    }
  }
}
