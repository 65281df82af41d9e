package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.ExecResult;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.Resources;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.MachineSpec;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Limits and network policies are honoured, or else refused with nothing left behind. */
abstract class ProviderLimitsContract extends ProviderPart {
  private static final long MEBIBYTE = 1L << 20;

  ProviderLimitsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void aNetworkOfNoneHasNothingButLoopback() {
    MachineSpec spec = with(spec(), Resources.DEFAULT, NetworkPolicy.NONE);
    if (refused(Capability.NETWORK_NONE, spec)) {
      return;
    }
    assertThat(create(spec).output("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '"))
        .isEqualTo("lo\n");
  }

  @Test
  void aNetworkOfAllowedHostsIsMadeOrRefused() {
    NetworkPolicy policy = new NetworkPolicy.Allow(Set.of("allowed.invalid"));
    MachineSpec spec = with(spec(), Resources.DEFAULT, policy);
    if (refused(Capability.NETWORK_ALLOW, spec)) {
      return;
    }
    assertThat(create(spec).sh("true").exitCode()).isZero();
  }

  @Test
  void routesAreReachedThroughAGateway() {
    if (contract.can(Capability.ROUTES)) {
      Optional<Gateways> gateways = provider().gateways();
      assertThat(gateways.flatMap(it -> it.gateway(NetworkPolicy.NONE))).isPresent();
    }
  }

  @Test
  void whatTakesMoreMemoryIsKilled() {
    Resources limits = Resources.DEFAULT.withMemoryBytes(128 * MEBIBYTE);
    MachineSpec spec = with(spec(), limits, NetworkPolicy.OPEN);
    if (refused(Capability.RESOURCE_LIMITS, spec)) {
      return;
    }
    ContractMachine machine = create(spec);

    assertThat(machine.sh("dd if=/dev/zero of=/dev/null bs=64M count=1").exitCode()).isZero();
    assertThat(machine.sh("dd if=/dev/zero of=/dev/null bs=512M count=1").exitCode())
        .isEqualTo(137);
  }

  @Test
  void moreProcessesAreRefused() {
    MachineSpec spec = with(spec(), Resources.DEFAULT.withProcesses(32), NetworkPolicy.OPEN);
    if (refused(Capability.RESOURCE_LIMITS, spec)) {
      return;
    }
    ContractMachine machine = create(spec);
    ExecResult result =
        machine.sh("i=0; while [ $i -lt 60 ]; do sleep 5 & i=$((i+1)); done; echo all started");

    assertThat(result.stdout()).doesNotContain("all started");
    assertThat(result.stderr()).containsIgnoringCase("fork");
  }

  @Test
  void workBeyondItsShareOfTheProcessorIsThrottled() {
    MachineSpec spec = with(spec(), Resources.DEFAULT.withCpus(0.2), NetworkPolicy.OPEN);
    if (refused(Capability.RESOURCE_LIMITS, spec)) {
      return;
    }
    String ticks =
        create(spec)
            .output(
                "sh -c 'while :; do :; done' & p=$!; sleep 3; cut -d' ' -f14 /proc/$p/stat;"
                    + " kill -9 $p");

    // utime of proc(5), in hundredths of a second: 3 s at 0.2 cores are 60, and 300 without limit.
    assertThat(Integer.parseInt(ticks.strip())).isBetween(1, 150);
  }

  private boolean refused(Capability capability, MachineSpec spec) {
    if (contract.can(capability)) {
      return false;
    }
    assertThatThrownBy(() -> create(spec)).isInstanceOf(RefusedException.class);
    assertThat(contract.leftovers()).isEmpty();
    return true;
  }
}
