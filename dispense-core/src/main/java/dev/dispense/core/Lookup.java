package dev.dispense.core;

import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds a sandbox by what a person calls it. */
final class Lookup {
  private final Context core;

  Lookup(Context core) {
    this.core = core;
  }

  /**
   * Looks a sandbox up by its exact name, and by its id where no sandbox has that name.
   *
   * @param preferred the ids of the providers that are asked first
   * @throws UnavailableException when it is not found and a provider could not be asked
   */
  Optional<Sandbox> find(String nameOrId, Set<String> preferred) {
    for (String id : core.providerIds()) {
      if (preferred.contains(id)) {
        Optional<Machine> machine = find(core.provider(id), nameOrId);
        if (machine.isPresent()) {
          return Optional.of(core.sandbox(id, machine.get()));
        }
      }
    }
    List<String> others = new ArrayList<>(core.configuredIds());
    others.removeAll(preferred);
    return find(nameOrId, others);
  }

  private Optional<Sandbox> find(String nameOrId, List<String> ids) {
    Optional<UnavailableException> unavailable = Optional.empty();
    for (String id : ids) {
      try {
        Optional<Machine> machine = find(core.provider(id), nameOrId);
        if (machine.isPresent()) {
          return Optional.of(core.sandbox(id, machine.get()));
        }
      } catch (UnavailableException e) {
        unavailable = Optional.of(e);
      }
    }
    if (unavailable.isPresent()) {
      throw unavailable.get();
    }
    return SandboxName.isValid(nameOrId)
        ? core.inventory().gone(new SandboxName(nameOrId))
        : Optional.empty();
  }

  private static Optional<Machine> find(SandboxProvider provider, String nameOrId) {
    Optional<Machine> named =
        SandboxName.isValid(nameOrId) ? provider.find(new SandboxName(nameOrId)) : Optional.empty();
    // A shorter id could be meant for another sandbox.
    if (named.isPresent() || nameOrId.length() < 12) {
      return named;
    }
    List<Machine> matching =
        provider.list().stream().filter(machine -> isId(nameOrId, machine)).toList();
    return matching.size() == 1 ? Optional.of(matching.get(0)) : Optional.empty();
  }

  /** Whether it is the id, or the beginning of one that does not itself begin with the name. */
  private static boolean isId(String text, Machine machine) {
    return machine.id().equals(text)
        || (machine.id().startsWith(text) && !machine.id().startsWith(machine.name().value()));
  }
}
