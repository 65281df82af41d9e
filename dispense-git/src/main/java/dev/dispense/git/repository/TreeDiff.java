package dev.dispense.git.repository;

import dev.dispense.Changes.FileChange;
import dev.dispense.Changes.FileChange.Kind;
import dev.dispense.CommitId;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the difference between two commits, with plumbing that runs no program of anybody's. */
public final class TreeDiff {
  private TreeDiff() {}

  /**
   * A path that differs.
   *
   * @param kind what happened to it
   * @param name its path, one character for each byte
   * @param previous the path before a rename or copy, likewise
   * @param oldMode the mode before, of the previous path; {@code 000000} when it is new
   * @param mode the mode now; {@code 000000} when it is gone
   * @param id the object now
   * @param lines how many lines were added and removed
   */
  public record Entry(
      Kind kind,
      String name,
      Optional<String> previous,
      String oldMode,
      String mode,
      String id,
      Lines lines) {
    /** The mode of a symbolic link. */
    public static final String LINK = "120000";

    /** The mode of a submodule, an entry that names a commit of another repository. */
    public static final String SUBMODULE = "160000";

    /** Returns the path as text. */
    public String path() {
      return GitResult.text(name);
    }

    /** Returns whether there was nothing of this name before. */
    public boolean isNewName() {
      return kind == Kind.ADDED || kind == Kind.RENAMED || kind == Kind.COPIED;
    }
  }

  /**
   * Lines that differ; absent in a binary file.
   *
   * @param added how many are new
   * @param deleted how many are gone
   */
  public record Lines(OptionalInt added, OptionalInt deleted) {
    private static final Lines NONE = new Lines(OptionalInt.empty(), OptionalInt.empty());
  }

  /** Returns the files that differ, by path. */
  public static List<FileChange> read(Git git, CommitId from, CommitId to) {
    return entries(git, from, to).stream().map(TreeDiff::change).toList();
  }

  /** Returns the names that differ, those before a rename too, one character for each byte. */
  public static Set<String> names(List<Entry> entries) {
    Set<String> names = new LinkedHashSet<>();
    for (Entry entry : entries) {
      names.add(entry.name());
      entry.previous().ifPresent(names::add);
    }
    return names;
  }

  /** Returns the paths that differ, by path. */
  public static List<Entry> entries(Git git, CommitId from, CommitId to) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Lines> lines = new HashMap<>();
    Iterator<String> parts =
        git.tryRun(
                "diff-tree",
                "-r",
                "-z",
                "-M",
                "--raw",
                "--no-abbrev",
                "--numstat",
                "--no-ext-diff",
                "--no-textconv",
                from.value(),
                to.value(),
                "--")
            .orThrow()
            .rawParts()
            .iterator();
    while (parts.hasNext()) {
      String part = parts.next();
      if (part.startsWith(":")) {
        entries.add(entry(part, parts));
      } else {
        addLines(part, parts, lines);
      }
    }
    return entries.stream().map(entry -> counted(entry, lines)).toList();
  }

  /** Returns the paths at which there is a submodule that was not there, or is another one. */
  public static List<String> submodules(Git git, CommitId from, CommitId to) {
    return entries(git, from, to).stream()
        .filter(entry -> entry.mode().equals(Entry.SUBMODULE))
        .map(Entry::path)
        .toList();
  }

  /** Writes a unified diff that has all that is needed to apply it. */
  public static void write(Git git, CommitId from, CommitId to, OutputStream out) {
    git.stream(
        out,
        "diff-tree",
        "-r",
        "-p",
        "-M",
        "--binary",
        "--full-index",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
        from.value(),
        to.value(),
        "--");
  }

  // ":<mode> <mode> <id> <id> <letter>[<score>]", and then one path, or two after R and C
  // (git-diff-tree, "Raw output format").
  private static Entry entry(String raw, Iterator<String> parts) {
    String[] fields = raw.substring(1).split(" ", 5);
    char letter = fields[4].charAt(0);
    String name = parts.next();
    Kind kind =
        switch (letter) {
          case 'A' -> Kind.ADDED;
          case 'C' -> Kind.COPIED;
          case 'D' -> Kind.DELETED;
          case 'R' -> Kind.RENAMED;
          case 'T' -> Kind.TYPE_CHANGED;
          default -> Kind.MODIFIED;
        };
    boolean moved = kind == Kind.RENAMED || kind == Kind.COPIED;
    Optional<String> previous = moved ? Optional.of(name) : Optional.empty();
    return new Entry(
        kind, moved ? parts.next() : name, previous, fields[0], fields[1], fields[3], Lines.NONE);
  }

  // "<added>\t<deleted>\t<path>", or with an empty path the two of a rename; "-" for a binary file.
  private static void addLines(String numstat, Iterator<String> parts, Map<String, Lines> lines) {
    String[] fields = numstat.split("\t", 3);
    String path = fields[2];
    if (path.isEmpty()) {
      parts.next();
      path = parts.next();
    }
    lines.put(path, new Lines(number(fields[0]), number(fields[1])));
  }

  private static OptionalInt number(String field) {
    return field.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(field));
  }

  private static Entry counted(Entry entry, Map<String, Lines> lines) {
    return new Entry(
        entry.kind(),
        entry.name(),
        entry.previous(),
        entry.oldMode(),
        entry.mode(),
        entry.id(),
        lines.getOrDefault(entry.name(), Lines.NONE));
  }

  private static FileChange change(Entry entry) {
    return new FileChange(
        entry.path(),
        entry.previous().map(GitResult::text),
        entry.kind(),
        entry.lines().added(),
        entry.lines().deleted());
  }
}
