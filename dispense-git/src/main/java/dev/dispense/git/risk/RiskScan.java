package dev.dispense.git.risk;

import dev.dispense.Changes.FileChange;
import dev.dispense.CommitId;
import dev.dispense.PrintableText;
import dev.dispense.Risk;
import dev.dispense.Risk.Kind;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.TreeDiff;
import dev.dispense.git.repository.TreeDiff.Entry;
import dev.dispense.git.risk.TreeLinks.Outside;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds what is risky in the difference between two commits. It looks at names, modes, sizes and
 * links, and runs nothing.
 */
public final class RiskScan {
  private static final long LARGE = 5L << 20;
  private static final String EXECUTABLE = "100755";

  private final TreeObjects objects;
  private final CommitId from;
  private final CommitId to;
  private final List<Entry> entries;
  private final Map<Place, Risk> risks = new LinkedHashMap<>();

  private record Place(String path, Kind kind) {}

  private RiskScan(Git git, CommitId from, CommitId to) {
    this.objects = new TreeObjects(git);
    this.from = from;
    this.to = to;
    this.entries =
        TreeDiff.entries(git, from, to).stream()
            .filter(entry -> entry.kind() != FileChange.Kind.DELETED)
            .toList();
  }

  /**
   * Returns the risks by kind and path.
   *
   * @param git runs in a repository that has both commits; {@linkplain Git#sealed() sealed}
   */
  public static List<Risk> of(Git git, CommitId from, CommitId to) {
    RiskScan scan = new RiskScan(git, from, to);
    if (!scan.entries.isEmpty()) {
      scan.run();
    }
    return scan.risks.values().stream()
        .sorted(Comparator.comparing(Risk::kind).thenComparing(Risk::path))
        .toList();
  }

  private void run() {
    DeceptiveNames names = new DeceptiveNames();
    entries.stream().filter(Entry::isNewName).forEach(entry -> names.add(entry.name()));
    Map<String, String> linkIds = new HashMap<>();
    objects.forEach(
        to,
        item -> {
          names.compare(item.name());
          if (item.mode().equals(Entry.LINK)) {
            linkIds.put(item.name(), item.id());
          }
        });
    TreeLinks links = links(linkIds);
    entries.forEach(
        entry -> {
          addNamed(entry, links);
          addMode(entry);
        });
    addLinks(links, linkIds);
    names.twins().forEach((name, flaw) -> add(GitResult.text(name), Kind.NAME, flaw));
    addSizes();
  }

  private TreeLinks links(Map<String, String> ids) {
    Map<String, Long> sizes = objects.sizes(ids.values());
    List<String> readable =
        ids.values().stream()
            .distinct()
            .filter(id -> sizes.containsKey(id) && sizes.get(id) < TreeLinks.LONGEST_TARGET)
            .toList();
    Map<String, String> contents = objects.contents(readable);
    // One that is too long to be read is taken for one that is too long to be a path.
    String tooLong = "?".repeat(TreeLinks.LONGEST_TARGET);
    Map<String, String> targets = new HashMap<>();
    ids.forEach((name, id) -> targets.put(name, contents.getOrDefault(id, tooLong)));
    return new TreeLinks(targets);
  }

  /** Adds what a file is by its name, or by another that a link gives it. */
  private void addNamed(Entry entry, TreeLinks links) {
    boolean standsForDirectory =
        entry.mode().equals(Entry.LINK) || entry.mode().equals(Entry.SUBMODULE);
    RiskRules.of(entry.path(), standsForDirectory).forEach(this::add);
    Set<String> aliases = links.aliases(entry.name());
    if (aliases.size() >= TreeLinks.MOST_ALIASES) {
      add(entry.path(), Kind.NAME, "more links lead to it than can be followed");
    }
    for (String alias : aliases) {
      String path = GitResult.text(alias);
      for (Risk risk : RiskRules.of(path, standsForDirectory)) {
        add(
            entry.path(),
            risk.kind(),
            "it is also %s, through a link, and %s"
                .formatted(PrintableText.printable(path, 100), risk.reason()));
      }
    }
    if (entry.isNewName()) {
      DeceptiveNames.flaw(entry.name()).ifPresent(flaw -> add(entry.path(), Kind.NAME, flaw));
    }
  }

  private void addMode(Entry entry) {
    if (entry.mode().equals(Entry.SUBMODULE)) {
      add(
          entry.path(),
          Kind.SUBMODULE,
          "it stands for the commit %s of another repository"
              .formatted(entry.id().substring(0, 10)));
    } else if (entry.lines().added().isEmpty()) {
      add(entry.path(), Kind.BINARY, "it is binary, and a diff does not show what changed in it");
    }
    if (entry.mode().equals(EXECUTABLE) && !entry.oldMode().equals(EXECUTABLE)) {
      add(entry.path(), Kind.EXECUTABLE, "it can be run as a program now");
    }
  }

  /** Adds the links that differ, and those that lead out because others differ. */
  private void addLinks(TreeLinks links, Map<String, String> ids) {
    for (Entry entry : entries) {
      if (ids.containsKey(entry.name())) {
        addLink(links, entry.name());
      }
    }
    List<String> outside =
        ids.keySet().stream().filter(name -> links.destination(name) instanceof Outside).toList();
    if (outside.stream().allMatch(this::isKnown)) {
      return;
    }
    Map<String, String> before = new HashMap<>();
    objects.forEach(
        from,
        item -> {
          if (item.mode().equals(Entry.LINK)) {
            before.put(item.name(), item.id());
          }
        });
    TreeLinks old = links(before);
    for (String name : outside) {
      if (!before.containsKey(name) || !(old.destination(name) instanceof Outside)) {
        addLink(links, name);
      }
    }
  }

  private boolean isKnown(String name) {
    return risks.containsKey(new Place(GitResult.text(name), Kind.ESCAPE));
  }

  private void addLink(TreeLinks links, String name) {
    String path = GitResult.text(name);
    String reason = "it is a link to " + links.target(name);
    if (links.destination(name) instanceof Outside outside) {
      add(path, Kind.ESCAPE, reason + ", " + outside.how());
    } else {
      add(path, Kind.LINK, reason);
    }
  }

  private void addSizes() {
    Map<String, Long> sizes = objects.sizes(entries.stream().map(Entry::id).distinct().toList());
    for (Entry entry : entries) {
      long size = sizes.getOrDefault(entry.id(), 0L);
      if (size > LARGE) {
        add(
            entry.path(),
            Kind.LARGE,
            String.format(Locale.ROOT, "it has %.1f MiB", size / (double) (1 << 20)));
      }
    }
  }

  private void add(Risk risk) {
    risks.putIfAbsent(new Place(risk.path(), risk.kind()), risk);
  }

  private void add(String path, Kind kind, String reason) {
    add(new Risk(path, kind, reason));
  }
}
