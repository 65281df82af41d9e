package dev.dispense;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a sandbox works on: the type names the {@link dev.dispense.spi.SourceProvider} that checks
 * it out, the rest is for that provider.
 *
 * @param type the id of the source provider, such as {@code directory}
 * @param location where the source is; its meaning is the provider's, for {@code directory} an
 *     absolute path
 * @param base the ref or commit to start from; when absent, what is checked out now
 * @param includeUncommitted whether changes that are not committed are carried along; default no
 */
public record Source(
    String type, String location, Optional<String> base, boolean includeUncommitted) {

  /** The type of {@link #directory(Path)}. */
  public static final String DIRECTORY = "directory";

  /** The type of {@link #empty()}. */
  public static final String EMPTY = "empty";

  /** Returns a source of another type, for a source provider of your own. */
  public static Source of(String type, String location) {
    return new Source(type, location, Optional.empty(), false);
  }

  /**
   * Returns the directory itself. In a git repository (also from a subdirectory or a linked
   * worktree) the sandbox gets a worktree of it; without git, or without a commit, a copy of the
   * files.
   *
   * @param directory an existing directory; made absolute against the current one
   */
  public static Source directory(Path directory) {
    return of(DIRECTORY, directory.toAbsolutePath().normalize().toString());
  }

  /** Returns a source without files. */
  public static Source empty() {
    return of(EMPTY, "");
  }

  /** Returns this source started from {@code ref}: a branch, tag or commit. */
  public Source withBase(String ref) {
    return new Source(type, location, Optional.of(ref), includeUncommitted);
  }

  /** Returns this source with uncommitted changes carried along. */
  public Source withUncommitted() {
    return new Source(type, location, base, true);
  }
}
