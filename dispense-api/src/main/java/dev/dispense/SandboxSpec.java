package dev.dispense;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a sandbox is to be.
 *
 * @param name its name
 * @param source what is worked on in it; absent: the workspace is empty, and its changes cannot be
 *     fetched
 * @param provider the id of the provider; default the setting {@code provider}, or else the only
 *     one that the program {@linkplain Dispense.Builder#plugin added}, or else {@code docker}
 * @param agent the id of the agent that its tasks use by default, and that is installed in it;
 *     default the setting {@code agent}, or else the only one that the program added, or else
 *     {@code claude}
 * @param model the model that its tasks use by default
 * @param image the image to use; default the setting {@code image}, or else the provider's own
 * @param resources the limits; default {@link Resources#DEFAULT}
 * @param network what may be reached; default the setting {@code network}, or else the provider's
 *     {@linkplain dev.dispense.spi.SandboxProvider#defaultNetwork own}
 * @param allowedHosts hosts that it may reach besides, as {@link NetworkPolicy.Allow} has them;
 *     only these where {@code network}, or what stands in its place, is open or none
 * @param environment variables that every command in it sees; visible to whoever can inspect the
 *     sandbox, so not for secrets
 * @param supervisor whether tasks can be run in it; default yes. Without, no agent is installed
 * @param expiresAfter how long it runs after its creation, its last start or its last {@linkplain
 *     Sandbox#renew() renewal}: 1 second to 365 days, rounded up to seconds. Then it stops by
 *     itself, whether or not a program of this machine still runs; its files stay, and {@link
 *     Dispense#gc} removes it and keeps its work. At Daytona it is rounded up to minutes, and every
 *     use of the sandbox renews it. Default: it runs until somebody stops it
 */
public record SandboxSpec(
    SandboxName name,
    Optional<Source> source,
    Optional<String> provider,
    Optional<String> agent,
    Optional<String> model,
    Optional<String> image,
    Resources resources,
    Optional<NetworkPolicy> network,
    Set<String> allowedHosts,
    Map<String, String> environment,
    boolean supervisor,
    Optional<Duration> expiresAfter) {

  /** What the variables of a sandbox begin with that hold the addresses of its routes. */
  public static final String ROUTE_VARIABLE_PREFIX = "DISPENSE_ROUTE_";

  private static final Duration LONGEST = Duration.ofDays(365);

  private static final Set<String> RESERVED =
      Set.of("DISPENSE_EXEC", "DISPENSE_SOFTWARE", "DISPENSE_TASK");

  /**
   * Copies and checks the parts.
   *
   * @throws IllegalArgumentException when a variable has a name that not every shell knows as one
   *     (letters, digits and {@code _}, the first no digit) or that Dispense uses itself, or is
   *     longer than a program can be given, when an allowed host is not the name of one, when one
   *     of the ids, the model or the image is blank, or when the time is out of its range
   */
  public SandboxSpec {
    allowedHosts = new NetworkPolicy.Allow(allowedHosts).hosts();
    environment = Map.copyOf(environment);
    environment.forEach(SandboxSpec::checkVariable);
    requireText("provider", provider);
    requireText("agent", agent);
    requireText("model", model);
    requireText("image", image);
    expiresAfter = expiresAfter.map(SandboxSpec::seconds);
  }

  private static Duration seconds(Duration time) {
    if (time.isNegative() || time.isZero() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "A sandbox expires after 1 second to %d days, not after %s."
              .formatted(LONGEST.toDays(), time));
    }
    return Duration.ofSeconds(time.plusNanos(999_999_999).toSeconds());
  }

  private static void checkVariable(String name, String value) {
    Command.checkVariable(name, value);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          ("'%s' cannot be a variable of the sandbox: shells pass on only those whose names have"
                  + " letters, digits and '_' alone, and begin with no digit.")
              .formatted(PrintableText.printable(name, 80)));
    }
    if (RESERVED.contains(name) || name.startsWith(ROUTE_VARIABLE_PREFIX)) {
      throw new IllegalArgumentException(
          "%s cannot be a variable of the sandbox: Dispense sets it itself. Choose another name."
              .formatted(name));
    }
  }

  private static void requireText(String what, Optional<String> name) {
    if (name.filter(String::isBlank).isPresent()) {
      throw new IllegalArgumentException(
          "The name of the %s is empty: give one, or leave it out.".formatted(what));
    }
  }

  /**
   * Returns a builder of a sandbox of that name.
   *
   * @throws IllegalArgumentException when the name is not valid
   */
  public static Builder builder(String name) {
    return new Builder(new SandboxName(name));
  }

  /** Returns a builder that has all of this already. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Builds a {@link SandboxSpec}; each method sets one part and returns this builder. */
  public static final class Builder {
    private SandboxName name;
    private Optional<Source> source = Optional.empty();
    private Optional<String> provider = Optional.empty();
    private Optional<String> agent = Optional.empty();
    private Optional<String> model = Optional.empty();
    private Optional<String> image = Optional.empty();
    private Resources resources = Resources.DEFAULT;
    private Optional<NetworkPolicy> network = Optional.empty();
    private final Set<String> allowedHosts = new TreeSet<>();
    private final Map<String, String> environment = new TreeMap<>();
    private boolean supervisor = true;
    private Optional<Duration> expiresAfter = Optional.empty();

    private Builder(SandboxName name) {
      this.name = name;
    }

    private Builder(SandboxSpec spec) {
      name = spec.name;
      source = spec.source;
      provider = spec.provider;
      agent = spec.agent;
      model = spec.model;
      image = spec.image;
      resources = spec.resources;
      network = spec.network;
      allowedHosts.addAll(spec.allowedHosts);
      environment.putAll(spec.environment);
      supervisor = spec.supervisor;
      expiresAfter = spec.expiresAfter;
    }

    /** Sets another name. */
    public Builder name(SandboxName value) {
      name = value;
      return this;
    }

    /** Sets what is worked on. */
    public Builder source(Source value) {
      source = Optional.of(value);
      return this;
    }

    /** Sets the id of the provider. */
    public Builder provider(String id) {
      provider = Optional.of(id);
      return this;
    }

    /** Sets the id of the agent. */
    public Builder agent(String id) {
      agent = Optional.of(id);
      return this;
    }

    /** Sets the model. */
    public Builder model(String value) {
      model = Optional.of(value);
      return this;
    }

    /** Sets the image. */
    public Builder image(String reference) {
      image = Optional.of(reference);
      return this;
    }

    /** Sets the limits. */
    public Builder resources(Resources value) {
      resources = value;
      return this;
    }

    /** Sets what may be reached. */
    public Builder network(NetworkPolicy value) {
      network = Optional.of(value);
      return this;
    }

    /** Lets it reach a host besides. */
    public Builder allowHost(String host) {
      allowedHosts.add(host);
      return this;
    }

    /** Sets a variable for every command. */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Leaves the supervisor out: commands and shells work, tasks do not. */
    public Builder withoutSupervisor() {
      supervisor = false;
      return this;
    }

    /** Sets how long it runs. */
    public Builder expiresAfter(Duration time) {
      expiresAfter = Optional.of(time);
      return this;
    }

    /**
     * Returns the specification.
     *
     * @throws IllegalArgumentException when a part is not valid
     */
    public SandboxSpec build() {
      return new SandboxSpec(
          name,
          source,
          provider,
          agent,
          model,
          image,
          resources,
          network,
          allowedHosts,
          environment,
          supervisor,
          expiresAfter);
    }
  }
}
