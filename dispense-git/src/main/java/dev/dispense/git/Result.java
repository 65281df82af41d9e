package dev.dispense.git;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
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

/**
 * What came out of a sandbox: two commits, and the bundle that has what the host lacks of them.
 *
 * @param base what the agent started from, as the host knows it
 * @param head the last commit that the agent made
 * @param work all that it left
 * @param bundle absent when both are part of the history of {@code base}
 */
record Result(CommitId base, CommitId head, CommitId work, Optional<Bundle> bundle) {
  static final String HEAD_REF = "refs/dispense/head";
  static final String WORK_REF = "refs/dispense/work";

  /**
   * Brings the objects into a repository that has {@link #base()}, after checking each of them and
   * that none is missing. Changes no ref.
   *
   * @param git runs in the repository; {@linkplain Git#sealed() sealed}
   * @param partial whether the repository lacks objects that it may fetch from elsewhere
   * @throws RefusedException when anything is not as it must be
   */
  void admit(Git git, boolean partial) {
    bundle.ifPresent(this::checkRefs);
    checkIsKnown(git);
    bundle.ifPresent(there -> checkObjects(git, there, partial));
    for (CommitId id : List.of(head, work)) {
      if (!git.tryRun("cat-file", "-t", id.value()).line().equals("commit")) {
        throw Bundle.refused(id.abbreviated() + " is not a commit in it");
      }
    }
    List<String> walk = new ArrayList<>(List.of("rev-list", "--quiet", "--stdin"));
    if (!partial) {
      walk.add("--objects");
    }
    GitResult connected = git.tryRun(lines(List.of(head.value(), work.value(), "^" + base)), walk);
    if (!connected.isSuccess()) {
      throw Bundle.refused("objects are missing in it; " + connected.reason());
    }
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
  private static void checkObjects(Git git, Bundle there, boolean partial) {
    try (InputStream pack = there.openPack()) {
      String check = partial ? "--fsck-objects" : "--strict";
      GitResult indexed = git.tryRun(pack, List.of("index-pack", "--stdin", "--fix-thin", check));
      if (!indexed.isSuccess()) {
        throw Bundle.refused("its objects fail the checks; " + indexed.reason());
      }
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

  private static InputStream lines(List<String> lines) {
    return new ByteArrayInputStream(
        (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
