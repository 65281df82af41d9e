package dev.dispense.git;

import dev.dispense.Changes.FileChange;
import dev.dispense.Changes.FileChange.Kind;
import dev.dispense.CommitId;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the difference between two commits, with plumbing that runs no program of anybody's. */
final class TreeDiff {
  /** The mode of a submodule, an entry that names a commit of another repository. */
  static final String SUBMODULE = "160000";

  private TreeDiff() {}

  /** Returns the files that differ, by path. */
  static List<FileChange> read(Git git, CommitId from, CommitId to) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Lines> lines = new HashMap<>();
    Iterator<String> parts = parts(git, from, to);
    while (parts.hasNext()) {
      String part = parts.next();
      if (part.startsWith(":")) {
        entries.add(entry(part, parts));
      } else {
        addLines(part, parts, lines);
      }
    }
    return entries.stream().map(entry -> change(entry, lines)).toList();
  }

  /** Returns the paths at which there is a submodule that was not there, or is another one. */
  static List<String> submodules(Git git, CommitId from, CommitId to) {
    List<String> paths = new ArrayList<>();
    Iterator<String> parts = parts(git, from, to);
    while (parts.hasNext()) {
      String part = parts.next();
      if (part.startsWith(":")) {
        String path = entry(part, parts).path();
        if (part.split(" ", -1)[1].equals(SUBMODULE)) {
          paths.add(path);
        }
      }
    }
    return paths;
  }

  /** Writes a unified diff that has all that is needed to apply it. */
  static void write(Git git, CommitId from, CommitId to, OutputStream out) {
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

  private record Entry(Kind kind, String path, Optional<String> previous) {}

  private record Lines(OptionalInt added, OptionalInt deleted) {}

  private static Iterator<String> parts(Git git, CommitId from, CommitId to) {
    return git.tryRun(
            "diff-tree",
            "-r",
            "-z",
            "-M",
            "--raw",
            "--numstat",
            "--no-ext-diff",
            "--no-textconv",
            from.value(),
            to.value(),
            "--")
        .orThrow()
        .parts()
        .iterator();
  }

  // ":<mode> <mode> <id> <id> <letter>[<score>]", and then one path, or two after R and C
  // (git-diff-tree, "Raw output format").
  private static Entry entry(String raw, Iterator<String> parts) {
    char letter = raw.charAt(raw.lastIndexOf(' ') + 1);
    String path = parts.next();
    if (letter == 'R' || letter == 'C') {
      return new Entry(letter == 'R' ? Kind.RENAMED : Kind.COPIED, parts.next(), Optional.of(path));
    }
    Kind kind =
        switch (letter) {
          case 'A' -> Kind.ADDED;
          case 'D' -> Kind.DELETED;
          case 'T' -> Kind.TYPE_CHANGED;
          default -> Kind.MODIFIED;
        };
    return new Entry(kind, path, Optional.empty());
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

  private static FileChange change(Entry entry, Map<String, Lines> lines) {
    Lines count =
        lines.getOrDefault(entry.path(), new Lines(OptionalInt.empty(), OptionalInt.empty()));
    return new FileChange(
        entry.path(), entry.previous(), entry.kind(), count.added(), count.deleted());
  }
}
