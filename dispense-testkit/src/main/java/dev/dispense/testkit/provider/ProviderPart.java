package dev.dispense.testkit.provider;

import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.Resources;
import dev.dispense.SandboxName;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;

/** What the parts of the {@link ProviderContract} have in common. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ProviderPart {
  final ProviderContract contract;

  ProviderPart(ProviderContract contract) {
    this.contract = contract;
  }

  final SandboxProvider provider() {
    return contract.provider;
  }

  final ContractMachine create() {
    return create(contract.spec(contract.name()));
  }

  final ContractMachine create(MachineSpec spec) {
    Machine machine = provider().create(spec, Progress.Listener.NONE);
    return new ContractMachine(provider(), machine);
  }

  final MachineSpec spec() {
    return contract.spec(contract.name());
  }

  final MachineSpec spec(SandboxName name) {
    return contract.spec(name);
  }

  static MachineSpec withImage(MachineSpec spec, String image) {
    return copy(spec, Optional.of(image), spec.labels(), spec.environment(), spec.mounts());
  }

  static MachineSpec withLabels(MachineSpec spec, Map<String, String> labels) {
    return copy(spec, spec.image(), labels, spec.environment(), spec.mounts());
  }

  static MachineSpec withEnvironment(MachineSpec spec, Map<String, String> environment) {
    return copy(spec, spec.image(), spec.labels(), environment, spec.mounts());
  }

  static MachineSpec withMounts(MachineSpec spec, Mount... mounts) {
    return copy(spec, spec.image(), spec.labels(), spec.environment(), List.of(mounts));
  }

  static MachineSpec with(MachineSpec spec, Resources resources, NetworkPolicy network) {
    return new MachineSpec(
        spec.name(),
        spec.image(),
        spec.software(),
        spec.labels(),
        spec.environment(),
        spec.mounts(),
        resources,
        network,
        spec.routes(),
        spec.uid(),
        spec.gid());
  }

  private static MachineSpec copy(
      MachineSpec spec,
      Optional<String> image,
      Map<String, String> labels,
      Map<String, String> environment,
      List<Mount> mounts) {
    return new MachineSpec(
        spec.name(),
        image,
        spec.software(),
        labels,
        environment,
        mounts,
        spec.resources(),
        spec.network(),
        spec.routes(),
        spec.uid(),
        spec.gid());
  }
}
