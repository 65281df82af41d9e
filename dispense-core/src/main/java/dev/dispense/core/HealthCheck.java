package dev.dispense.core;

import dev.dispense.Capability;
import dev.dispense.Diagnosis;
import dev.dispense.Diagnosis.Finding;
import dev.dispense.DispenseException;
import dev.dispense.NetworkPolicy;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.core.config.NetworkSettings;
import dev.dispense.core.task.TaskLaunch;
import dev.dispense.spi.Agent;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.spi.Software;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks whether sandboxes can be made here, and whether agents can work in them. */
final class HealthCheck {
  private final Context core;
  private final List<Finding> findings = new ArrayList<>();

  /** The provider that is used when none is named, if it can be. */
  private @Nullable SandboxProvider usable;

  HealthCheck(Context core) {
    this.core = core;
  }

  Diagnosis run() {
    core.providerIds().stream()
        .sorted(Comparator.comparing(id -> !id.equals(core.defaultProvider())))
        .forEach(this::lookAtProvider);
    boolean isReady = false;
    for (String id : core.agents().ids()) {
      isReady |= isReady(core.agent(id)) && id.equals(core.defaultAgent());
    }
    checkChoice("provider", core.defaultProvider(), core.providerIds());
    checkChoice("agent", core.defaultAgent(), core.agents().ids());
    return new Diagnosis(findings, usable != null && isReady);
  }

  private void lookAtProvider(String id) {
    boolean isConfigured = core.configuredIds().contains(id);
    try {
      SandboxProvider provider = core.provider(id);
      provider.list();
      findings.add(Finding.fine(id, "It can be used."));
      findings.addAll(provider.diagnose(id, software()));
      findings.add(walls(id, provider));
      findings.add(network(id, provider));
      if (id.equals(core.defaultProvider())) {
        usable = provider;
      }
    } catch (DispenseException e) {
      findings.add(
          isConfigured
              ? Finding.problem(id, message(e))
              : Finding.note(id, "It is not set up. " + message(e)));
    }
  }

  /** What is wrong with the software is told with its agent. */
  private List<Software> software() {
    try {
      return core.agent(core.defaultAgent()).software(core.host());
    } catch (DispenseException e) {
      return List.of();
    }
  }

  private static Finding walls(String id, SandboxProvider provider) {
    if (provider.capabilities().contains(Capability.ROUTES)) {
      return Finding.fine(
          id,
          "It has a gateway: the key stays outside of sandboxes, and they have no network of their"
              + " own, unless one is created with an open network.");
    }
    List<String> kinds = new ArrayList<>();
    if (provider.capabilities().contains(Capability.NETWORK_ALLOW)) {
      kinds.add("allow");
    }
    if (provider.capabilities().contains(Capability.NETWORK_NONE)) {
      kinds.add("none");
    }
    return Finding.note(
        id,
        "It has no gateway: the agent in a sandbox gets the key, in memory, and the network is the"
            + " provider's own. "
            + (kinds.isEmpty()
                ? "That cannot be restricted."
                : "To restrict it, choose the network policy " + String.join(" or ", kinds) + "."));
  }

  /**
   * Says what a new sandbox may reach.
   *
   * @throws RefusedException when a setting is not valid
   */
  private Finding network(String id, SandboxProvider provider) {
    NetworkPolicy policy =
        new NetworkSettings(core.host(), provider, Progress.Listener.NONE)
            .policy(Optional.empty(), Optional.empty());
    String text = "New sandboxes reach, if nothing else is said: " + text(policy) + ".";
    return policy instanceof NetworkPolicy.Open ? Finding.note(id, text) : Finding.fine(id, text);
  }

  private static String text(NetworkPolicy policy) {
    if (policy instanceof NetworkPolicy.Allow allow) {
      return "%d hosts by name".formatted(allow.hosts().size());
    }
    return policy instanceof NetworkPolicy.None ? "no host" : "all hosts";
  }

  /** Whether a task could be given to the agent; asks it to start one, as far as that goes here. */
  private boolean isReady(Agent agent) {
    try {
      agent.software(core.host());
      Optional<String> key = agent.credential(core.host());
      if (usable != null) {
        Agent.Launch unused = launch(usable).of(agent);
      }
      findings.add(
          key.isPresent()
              ? Finding.fine(
                  agent.id(),
                  "%s has a key: %s."
                      .formatted(agent.displayName(), PrintableText.printable(key.get(), 200)))
              : Finding.note(agent.id(), "No key is set for %s.".formatted(agent.displayName())));
      return usable != null;
    } catch (DispenseException e) {
      findings.add(Finding.problem(agent.id(), message(e)));
      return false;
    }
  }

  private TaskLaunch launch(SandboxProvider provider) {
    return TaskLaunch.inNew(
        new SandboxName("doctor"), core.host(), provider, provider.defaultNetwork());
  }

  private void checkChoice(String setting, String chosen, List<String> known) {
    if (!known.contains(chosen)) {
      findings.add(
          Finding.problem(
              "settings",
              "The setting %s is '%s', but there is only: %s."
                  .formatted(
                      core.host().settingAsGiven(setting),
                      PrintableText.printable(chosen, 60),
                      String.join(", ", known))));
    }
  }

  private static String message(DispenseException e) {
    return String.valueOf(e.getMessage());
  }
}
