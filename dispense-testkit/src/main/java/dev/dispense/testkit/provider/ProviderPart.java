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
    return spec.toBuilder().image(image).build();
  }

  static MachineSpec withLabels(MachineSpec spec, Map<String, String> labels) {
    return spec.toBuilder().labels(labels).build();
  }

  static MachineSpec withEnvironment(MachineSpec spec, Map<String, String> environment) {
    return spec.toBuilder().environment(environment).build();
  }

  static MachineSpec withMounts(MachineSpec spec, Mount... mounts) {
    return spec.toBuilder().mounts(List.of(mounts)).build();
  }

  static MachineSpec with(MachineSpec spec, Resources resources, NetworkPolicy network) {
    return spec.toBuilder().resources(resources).network(network).build();
  }
}
