package dev.dispense.git.repository;

import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.stream.Stream;

/** The refs of the user's repository as the agent gets them, so that it can compare with them. */
public final class PackedRefs {
  private PackedRefs() {}

  /**
   * Returns the content of a {@code packed-refs} file with the branches, remote branches and tags
   * of a repository, but not the branches of other sandboxes.
   *
   * @param git runs in the repository
   * @param branch the sandbox's own branch, at {@code base}
   * @param options restrict the refs, as for {@code git for-each-ref}
   */
  public static byte[] of(Git git, String branch, String base, String... options) {
    String[] arguments = new String[options.length + 5];
    arguments[0] = "for-each-ref";
    arguments[1] = "--format=%(objectname) %(refname)";
    System.arraycopy(options, 0, arguments, 2, options.length);
    arguments[options.length + 2] = "refs/heads/";
    arguments[options.length + 3] = "refs/remotes/";
    arguments[options.length + 4] = "refs/tags/";
    GitResult refs = git.tryRun(arguments).orThrow();
    String own = base + " refs/heads/" + branch;
    StringBuilder text = new StringBuilder();
    Stream.concat(
            Stream.of(own),
            refs.stdout()
                .lines()
                .filter(
                    line -> !line.substring(base.length() + 1).startsWith("refs/heads/dispense/")))
        .sorted(Comparator.comparing(line -> line.substring(base.length() + 1)))
        .forEach(line -> text.append(line).append('\n'));
    return ("# pack-refs with: sorted \n" + text).getBytes(StandardCharsets.ISO_8859_1);
  }
}
