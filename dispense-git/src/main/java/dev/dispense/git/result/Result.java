package dev.dispense.git.result;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What came out of a sandbox: two commits, and the bundle that has what the host lacks of them.
 *
 * @param base what the agent started from, as the host knows it
 * @param head the last commit that the agent made
 * @param work all that it left
 * @param bundle absent when both are part of the history of {@code base}
 * @param pack what the bundle has, after it was checked
 */
public record Result(
    CommitId base,
    CommitId head,
    CommitId work,
    Optional<Bundle> bundle,
    Optional<CheckedPack> pack) {
  static final String HEAD_REF = "refs/dispense/head";
  static final String WORK_REF = "refs/dispense/work";

  // A few bytes of a pack can grow into more than this machine has. Git holds no file larger than
  // 512 MiB in memory (core.bigFileThreshold), but each tree and commit, as large as it says it is.
  private static final String LARGEST_ALLOCATION = "1g";

  // "pack\t<hash>" (git-index-pack, "--stdin"), after which git repeats what it read too much.
  private static final Pattern INDEXED = Pattern.compile("[a-z]+\t([0-9a-f]{40}|[0-9a-f]{64})");

  /**
   * Brings the objects into a repository that has {@link #base()}, after checking each of them and
   * that none is missing. Changes no ref.
   *
   * @param git runs in the repository; {@linkplain Git#sealed() sealed}
   * @param partial whether the repository lacks objects that it may fetch from elsewhere
   * @return the name of the pack that the objects are in now, without the extension; empty when
   *     there is no bundle
   * @throws RefusedException when anything is not as it must be
   */
  public Optional<String> admit(Git git, boolean partial) {
    bundle.ifPresent(this::checkRefs);
    checkIsKnown(git);
    Optional<String> name = bundle.map(there -> checkObjects(git, there, partial));
    checkAreCommits(git);
    Connectivity connectivity = new Connectivity(git, base);
    if (partial) {
      connectivity.checkCommits(List.of(head, work));
    } else {
      connectivity.check(List.of(head, work));
    }
    return name;
  }

  private void checkRefs(Bundle there) {
    Map<String, CommitId> expected = Map.of(HEAD_REF, head, WORK_REF, work);
    there
        .refs()
        .forEach(
            (ref, id) -> {
              if (!id.equals(expected.get(ref))) {
                throw Bundle.refused("it has a ref that was not asked for");
              }
            });
  }

  // What the bundle builds on, and what it does not hold, must be part of the history of the base:
  // an agent may go back to an older commit, or merge one. Never of anything else that the
  // repository may have.
  private void checkIsKnown(Git git) {
    Set<CommitId> known = new LinkedHashSet<>(List.of(head, work));
    bundle.ifPresent(
        there -> {
          known.removeAll(there.refs().values());
          known.addAll(there.prerequisites());
        });
    List<String> revisions = new ArrayList<>(known.stream().map(CommitId::value).toList());
    revisions.add("^" + base);
    GitResult unknown =
        git.tryRun(lines(revisions), List.of("rev-list", "--max-count=1", "--stdin"));
    if (!unknown.isSuccess() || !unknown.line().isEmpty()) {
      throw Bundle.refused("it builds on commits that are not part of what the agent started from");
    }
  }

  // Strict makes warnings errors, such as for a ".git" or ".." in a tree, and checks that all that
  // is referred to is there; which cannot be asked of a partial clone.
  private static String checkObjects(Git git, Bundle there, boolean partial) {
    try (InputStream pack = there.openPack()) {
      String check = partial ? "--fsck-objects" : "--strict";
      GitResult indexed =
          git.with("GIT_ALLOC_LIMIT", LARGEST_ALLOCATION)
              .tryRun(pack, List.of("index-pack", "--stdin", "--fix-thin", check));
      if (indexed.isUnwritten()) {
        throw indexed.failure("write the work of the sandbox to " + git.directory());
      }
      if (!indexed.isSuccess()) {
        throw Bundle.refused("its objects fail the checks; " + indexed.reason());
      }
      Matcher name = INDEXED.matcher(indexed.line());
      if (!name.matches()) {
        throw Bundle.refused("something follows the pack in it");
      }
      return "pack-" + name.group(1);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read "
              + there.file()
              + " but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
  }

  private void checkAreCommits(Git git) {
    List<String> ids = List.of(head.value(), work.value());
    GitResult types =
        git.tryRun(lines(ids), List.of("cat-file", "--batch-check=%(objecttype) %(objectname)"));
    List<String> found = types.line().lines().toList();
    for (int i = 0; i < ids.size(); i++) {
      if (found.size() <= i || !found.get(i).equals("commit " + ids.get(i))) {
        throw Bundle.refused(ids.get(i) + " is not a commit in it");
      }
    }
  }

  private static InputStream lines(List<String> lines) {
    return new ByteArrayInputStream(
        (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
