package dev.dispense.core.state;

import dev.dispense.NetworkPolicy;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is recorded of a sandbox in its labels, which are the truth, and in the file on the machine
 * that created it, for when the labels are gone.
 *
 * @param checkout what the source provider wants to be told again
 * @param network what it may reach; of {@link NetworkPolicy.Allow} only that it is that, as which
 *     hosts can change
 * @param home the state directory of whoever created it
 * @param preparedAs the name under which it was prepared beforehand; a sandbox that has another
 *     name now was taken for it
 */
public record SandboxRecord(
    SandboxName name,
    String agent,
    Optional<String> model,
    String owner,
    Instant created,
    Optional<Source> source,
    boolean supervisor,
    NetworkPolicy network,
    int uid,
    Path home,
    Optional<SandboxName> preparedAs,
    Map<String, String> checkout,
    Optional<Duration> expiresAfter) {

  private static final String PREFIX = "dev.dispense.";

  /** The label that every sandbox has, and whose value is its name. */
  static final String SANDBOX = PREFIX + "sandbox";

  /** The label of a machine that was only made to get the work of a lost one; names the process. */
  public static final String RESCUER = PREFIX + "rescuer";

  private static final String CHECKOUT = PREFIX + "checkout.";
  private static final Path NOWHERE = Path.of("/");

  public SandboxRecord {
    checkout = Map.copyOf(checkout);
  }

  public Map<String, String> toLabels() {
    Map<String, String> labels = new TreeMap<>();
    labels.put(SANDBOX, name.value());
    labels.put(PREFIX + "agent", agent);
    model.ifPresent(value -> labels.put(PREFIX + "model", value));
    labels.put(PREFIX + "owner", owner);
    labels.put(PREFIX + "created", created.toString());
    source.ifPresent(
        value -> {
          labels.put(PREFIX + "source", value.type());
          labels.put(PREFIX + "location", value.location());
          value.base().ifPresent(base -> labels.put(PREFIX + "base", base));
          labels.put(PREFIX + "uncommitted", String.valueOf(value.includeUncommitted()));
        });
    labels.put(PREFIX + "supervisor", String.valueOf(supervisor));
    labels.put(PREFIX + "network", network.kind());
    labels.put(PREFIX + "uid", String.valueOf(uid));
    labels.put(PREFIX + "home", home.toString());
    preparedAs.ifPresent(value -> labels.put(PREFIX + "prepared", value.value()));
    checkout.forEach((key, value) -> labels.put(CHECKOUT + key, value));
    expiresAfter.ifPresent(time -> labels.put(PREFIX + "expires", time.toSeconds() + ""));
    return labels;
  }

  /**
   * Reads labels, and is content with what is missing: a sandbox of another version of Dispense
   * must still be listed and deleted.
   */
  public static SandboxRecord of(SandboxName name, Map<String, String> labels) {
    Map<String, String> checkout = new HashMap<>();
    labels.forEach(
        (key, value) -> {
          if (key.startsWith(CHECKOUT)) {
            checkout.put(key.substring(CHECKOUT.length()), value);
          }
        });
    Optional<Source> source =
        get(labels, "source")
            .map(
                type ->
                    new Source(
                        type,
                        get(labels, "location").orElse(""),
                        get(labels, "base"),
                        get(labels, "uncommitted").map(Boolean::parseBoolean).orElse(false)));
    return new SandboxRecord(
        name,
        get(labels, "agent").orElse(""),
        get(labels, "model"),
        get(labels, "owner").orElse(""),
        get(labels, "created").map(SandboxRecord::instant).orElse(Instant.EPOCH),
        source,
        get(labels, "supervisor").map(Boolean::parseBoolean).orElse(true),
        network(get(labels, "network").orElse("")),
        get(labels, "uid")
            .filter(value -> value.matches("\\d{1,9}"))
            .map(Integer::valueOf)
            .orElse(1000),
        get(labels, "home").map(SandboxRecord::path).orElse(NOWHERE),
        get(labels, "prepared").filter(SandboxName::isValid).map(SandboxName::new),
        checkout,
        get(labels, "expires")
            .filter(value -> value.matches("[1-9]\\d{0,8}"))
            .map(value -> Duration.ofSeconds(Long.parseLong(value))));
  }

  /** Whether it waits to be taken. */
  public boolean isPrepared() {
    return preparedAs.filter(name::equals).isPresent();
  }

  /** Whether it was prepared under another name; its labels tell what it was then. */
  public boolean isAdopted() {
    return preparedAs.isPresent() && !isPrepared();
  }

  /** Returns where the file is that says what it is, if it was made on this machine. */
  public StateDirectory state() {
    StateDirectory state = new StateDirectory(home);
    return isPrepared() ? state.prepared() : state;
  }

  /** Returns the directory that this machine keeps for it, if it was made here. */
  public Path directory() {
    StateDirectory state = new StateDirectory(home);
    return preparedAs.map(state.prepared()::of).orElseGet(() -> state.of(name));
  }

  private static NetworkPolicy network(String word) {
    return switch (word) {
      case "open" -> NetworkPolicy.OPEN;
      case "allow" -> new NetworkPolicy.Allow(Set.of());
      // Whatever it is: it gets no key.
      default -> NetworkPolicy.NONE;
    };
  }

  private static Optional<String> get(Map<String, String> labels, String key) {
    return Optional.ofNullable(labels.get(PREFIX + key));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return NOWHERE;
    }
  }

  private static Instant instant(String text) {
    try {
      return Instant.from(DateTimeFormatter.ISO_INSTANT.parse(text));
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
