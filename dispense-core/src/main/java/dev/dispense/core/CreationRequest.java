package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.core.config.NetworkSettings;
import dev.dispense.core.config.RouteSettings;
import dev.dispense.core.state.SandboxRecord;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Route;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.SourceProvider;
import dev.dispense.support.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A sandbox that is asked for, and everyone who has a part in making it.
 *
 * @param sources the provider of its source; absent when it has none
 * @param network what it may reach
 * @param routes what is opened at its gateway from the beginning
 * @param progress told of each step
 * @param began when it was asked for
 */
record CreationRequest(
    Context core,
    SandboxSpec spec,
    String providerId,
    SandboxProvider provider,
    Optional<SourceProvider> sources,
    Agent agent,
    NetworkPolicy network,
    List<Route> routes,
    Progress.Listener progress,
    Instant began) {

  /**
   * Finds out who has a part in making what {@code spec} says.
   *
   * @throws NotFoundException when there is no such agent, provider or source
   * @throws RefusedException when it is to expire, and the provider cannot let it
   */
  static CreationRequest of(Context core, SandboxSpec spec, Progress.Listener progress) {
    String providerId = spec.provider().orElseGet(core::defaultProvider);
    Agent agent = core.agent(spec.agent().orElseGet(core::defaultAgent));
    Optional<SourceProvider> sources = spec.source().map(value -> core.source(value.type()));
    SandboxProvider provider = core.provider(providerId);
    if (spec.expiresAfter().isPresent() && !provider.capabilities().contains(Capability.EXPIRY)) {
      throw new RefusedException(
          "The provider '%s' cannot let a sandbox stop by itself: leave the time out."
              .formatted(providerId));
    }
    NetworkPolicy network =
        NetworkSettings.with(
            spec.allowedHosts(),
            spec.network()
                .orElseGet(
                    () ->
                        new NetworkSettings(core.host(), provider, progress)
                            .policy(sources, spec.source())));
    return new CreationRequest(
        core,
        spec,
        providerId,
        provider,
        sources,
        agent,
        network,
        new RouteSettings(core.host(), provider, progress).routes(network),
        progress,
        core.host().clock().instant());
  }

  /** Tells, once, what keeps less away from the sandbox, or from its agent, than a gateway does. */
  void tellWhatIsOpen() {
    if (!can(Capability.ISOLATION)) {
      return; // Only a program that wants just that uses such a provider.
    }
    String key = spec.supervisor() ? "The agent has its key there. " : "";
    if (!can(Capability.ROUTES)) {
      boolean isOpen = network instanceof NetworkPolicy.Open;
      progress.onNotice(
          "There is no gateway for sandboxes of '%s'. %s%s"
              .formatted(
                  providerId,
                  key,
                  isOpen
                      ? "They reach the Internet, unless their network policy says otherwise."
                      : "What they reach is restricted by the provider itself."));
    } else if (network instanceof NetworkPolicy.Open) {
      progress.onNotice(
          ("The network of the sandbox is open: what runs there reaches the Internet, your local"
                  + " network and this machine, and can send anything anywhere. "
                  + key)
              .strip());
    }
  }

  /** Returns the same under another name. */
  CreationRequest named(SandboxName name) {
    SandboxSpec renamed = spec.toBuilder().name(name).build();
    return new CreationRequest(
        core, renamed, providerId, provider, sources, agent, network, routes, progress, began);
  }

  Environment host() {
    return core.host();
  }

  boolean can(Capability capability) {
    return provider.capabilities().contains(capability);
  }

  /** Whether the provider can make it beforehand, and give it its name when it is taken. */
  boolean canBePrepared() {
    return can(Capability.RENAME) && can(Capability.BIND_MOUNTS);
  }

  SourceProvider.Delivery delivery() {
    return can(Capability.BIND_MOUNTS)
        ? SourceProvider.Delivery.MOUNT
        : SourceProvider.Delivery.UPLOAD;
  }

  /** Returns the variables that every command in it sees. */
  Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(spec.environment());
    provider
        .gateways()
        .flatMap(gateways -> gateways.gateway(network))
        .ifPresent(gateway -> environment.putAll(RouteSettings.variables(routes, gateway)));
    return environment;
  }

  /**
   * Returns what all sandboxes have in common that could be taken for this one: all that cannot be
   * changed once a sandbox is there.
   */
  String fingerprint() {
    Source source = spec.source().orElse(Source.empty());
    String fixed =
        String.join(
            "\0",
            providerId,
            source.type(),
            source.location(),
            spec.image().or(() -> host().setting("image")).orElse(""),
            spec.supervisor() ? agent.software(host()).toString() : "",
            environment().toString(),
            spec.resources().toString(),
            text(network));
    return Sha256.hex(fixed).substring(0, 12);
  }

  private static String text(NetworkPolicy network) {
    return network instanceof NetworkPolicy.Allow allow
        ? new TreeSet<>(allow.hosts()) + " " + new TreeSet<>(allow.publicHosts())
        : network.toString();
  }

  /** Lets the machine stop by itself, if it is to. */
  void limit(String machineId) {
    if (spec.expiresAfter().isPresent()) {
      provider.expireAfter(machineId, spec.expiresAfter().get());
      host().step("expiry set");
    }
  }

  /** Returns what is recorded of the sandbox. */
  SandboxRecord record(int uid, Optional<SandboxName> preparedAs, Map<String, String> checkout) {
    return new SandboxRecord(
        spec.name(),
        agent.id(),
        spec.model(),
        host().userName(),
        began,
        spec.source(),
        spec.supervisor(),
        network,
        uid,
        host().stateDirectory(),
        preparedAs,
        checkout,
        spec.expiresAfter());
  }
}
