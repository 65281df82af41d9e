package dev.dispense.git.command;

import dev.dispense.Environment;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration that holds for a repository, as the user's git sees it.
 *
 * @param values by key, in lower case
 */
public record GitConfig(Map<String, String> values) {
  private static final List<String> WORKTREE_KEYS =
      List.of(
          "core.autocrlf",
          "core.eol",
          "core.fileMode",
          "core.symlinks",
          "core.ignoreCase",
          "core.precomposeUnicode",
          "core.sparseCheckout",
          "core.sparseCheckoutCone",
          "index.sparse");

  public static GitConfig of(Git git) {
    Map<String, String> values = new HashMap<>();
    for (String entry : git.tryRun("config", "--list", "-z").orThrow().parts()) {
      String[] parts = entry.split("\n", 2);
      // A key without a value is a boolean that is true.
      values.put(parts[0].toLowerCase(Locale.ROOT), parts.length == 2 ? parts[1] : "true");
    }
    return new GitConfig(Map.copyOf(values));
  }

  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key.toLowerCase(Locale.ROOT)))
        .filter(value -> !value.isBlank());
  }

  /** Returns who the user is for git; the login name where the user did not tell git. */
  public Identity identity(Environment host) {
    String user = host.userName().isBlank() ? "user" : host.userName();
    return new Identity(
        get("user.name").orElse(user), get("user.email").orElse(user + "@localhost"));
  }

  /**
   * Returns those settings that decide how the files of a worktree relate to what is committed, so
   * that git in the sandbox sees the same differences as on the host.
   */
  public Map<String, String> worktreeSettings() {
    Map<String, String> settings = new TreeMap<>();
    for (String key : WORKTREE_KEYS) {
      get(key).ifPresent(value -> settings.put(key, value));
    }
    return settings;
  }

  /** Returns whether objects of the repository may be elsewhere, fetched when they are needed. */
  public boolean isPartial() {
    return values.containsKey("extensions.partialclone")
        || values.keySet().stream().anyMatch(key -> key.matches("remote\\..*\\.promisor"));
  }

  /** Returns whether git gives what it writes permissions other than the user's own. */
  public boolean isShared() {
    return values.containsKey("core.sharedrepository");
  }
}
