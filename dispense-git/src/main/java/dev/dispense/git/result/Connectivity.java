package dev.dispense.git.result;

import dev.dispense.CommitId;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.TreeDiff;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out whether all that commits reach is in a repository, which has all that their base
 * reaches. What a commit has in common with its parents is theirs, and so on back to the base: only
 * the differences are looked at, as the base may be large.
 *
 * @param git runs in the repository; {@linkplain Git#sealed() sealed}
 * @param base whose objects are all there
 */
record Connectivity(Git git, CommitId base) {
  private static final int BATCH = 10_000;
  private static final List<String> DIFFERENCES =
      List.of(
          "diff-tree",
          "--stdin",
          "-r",
          "-m",
          "--root",
          "--raw",
          "--no-abbrev",
          "--no-renames",
          "--no-commit-id",
          "--diff-filter=d");

  /**
   * Checks commits with all that they reach.
   *
   * @throws dev.dispense.RefusedException when an object is missing or broken
   */
  void check(List<CommitId> commits) {
    GitResult known = checkCommits(commits);
    InputStream input = new ByteArrayInputStream(known.stdout().getBytes(StandardCharsets.UTF_8));
    GitResult differences = git.tryDrain(input, this::checkEntries, DIFFERENCES);
    if (!differences.isSuccess()) {
      throw missing(differences.reason());
    }
  }

  /** Checks that the commits between the base and these are there, but not their files. */
  GitResult checkCommits(List<CommitId> commits) {
    List<String> revisions = new ArrayList<>(commits.stream().map(CommitId::value).toList());
    revisions.add("^" + base);
    GitResult found = git.tryRun(lines(revisions), List.of("rev-list", "--stdin"));
    if (!found.isSuccess()) {
      throw missing(found.reason());
    }
    return found;
  }

  // ":<mode> <mode> <id> <id> <letter>\t<path>" (git-diff-tree, "Raw output format").
  private void checkEntries(InputStream differences) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(differences, StandardCharsets.ISO_8859_1));
    List<String> ids = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      String[] parts = line.split(" ", 5);
      if (!parts[1].equals(TreeDiff.Entry.SUBMODULE)) {
        ids.add(parts[3]);
      }
      if (ids.size() == BATCH) {
        checkObjects(ids);
        ids.clear();
      }
    }
    checkObjects(ids);
  }

  private void checkObjects(List<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    GitResult found = git.tryRun(lines(ids), List.of("cat-file", "--batch-check"));
    if (!found.isSuccess()) {
      throw missing(found.reason());
    }
    for (String line : found.text().split("\n", -1)) {
      if (line.endsWith(" missing")) {
        throw missing(line);
      }
    }
  }

  private static RuntimeException missing(String reason) {
    return Bundle.refused("objects are missing in it; " + reason);
  }

  private static InputStream lines(List<String> lines) {
    return new ByteArrayInputStream(
        (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
