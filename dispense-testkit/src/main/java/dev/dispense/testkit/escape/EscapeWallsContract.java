package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.ExecResult;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.testkit.provider.ContractMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A sandbox reaches neither this machine nor another sandbox, or it is not called one. */
abstract class EscapeWallsContract extends EscapePart {
  private static final int PORT = 7000;

  EscapeWallsContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void nothingInASandboxHasOrCanGetPrivileges() {
    if (isNoSandbox() || !contract.makesTheWalls()) {
      return;
    }
    Sandbox sandbox = create(plain());

    assertThat(
            agent(
                sandbox,
                "sed -n 's/^\\(Cap[A-Z][a-z]*\\|NoNewPrivs\\|Seccomp\\):\\s*/\\1 /p'"
                    + " /proc/self/status"))
        .isEqualTo(
            """
            CapInh 0000000000000000
            CapPrm 0000000000000000
            CapEff 0000000000000000
            CapBnd 0000000000000000
            CapAmb 0000000000000000
            NoNewPrivs 1
            Seccomp 2
            """);
    for (String attack :
        List.of(
            "mount -t tmpfs none /mnt",
            "mount -t proc proc /mnt",
            "umount /proc",
            "unshare -Urm true",
            "unshare -m true",
            "chroot / true",
            "mknod x b 8 0 && head -c 1 x",
            "echo x >/proc/sys/kernel/hostname",
            "echo x >/proc/sysrq-trigger",
            "echo x >/sys/kernel/uevent_helper",
            "echo '|/x' >/proc/sys/kernel/core_pattern",
            "head -c 1 /proc/kcore",
            "head -c 1 /dev/mem",
            "ls /dev/sd* /dev/vd* /dev/nvme* /dev/kvm /dev/fuse /dev/kmsg 2>/dev/null",
            "date -s 2000-01-01",
            "hostname evil",
            "nsenter -t 1 -m true && nsenter -t 1 -n -p -u true",
            "cp /bin/sh s && chmod 4755 s && ./s -c 'grep -q \"NoNewPrivs.*0\""
                + " /proc/self/status'")) {
      assertThat(sandbox.exec(Command.of("sh", "-c", attack)).exitCode()).as(attack).isNotZero();
    }
  }

  @Test
  void nothingOfThisMachineIsSeen() throws IOException {
    if (isNoSandbox()) {
      return;
    }
    Path own = Files.writeString(contract.temporary.resolve("own"), "of this machine");
    Sandbox sandbox = create(plain());

    for (String path :
        List.of(
            own.toString(),
            "/proc/1/root" + own,
            "/proc/self/root" + own,
            contract.host.stateDirectory().toString(),
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/run/containerd/containerd.sock",
            "/run/podman/podman.sock")) {
      assertThat(sandbox.exec(Command.of("test", "-e", path)).exitCode()).as(path).isNotZero();
    }
    long ownId = ProcessHandle.current().pid();
    assertThat(
            agent(
                sandbox,
                "cat /proc/" + ownId + "/cmdline /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"))
        .doesNotContain("java");
  }

  @Test
  void sandboxesCannotReachEachOther() {
    if (isNoSandbox() || !contract.makesTheWalls()) {
      return;
    }
    Sandbox listening = create(plain().network(NetworkPolicy.OPEN));
    Sandbox reaching = create(plain().network(NetworkPolicy.OPEN));
    List<String> listener =
        new ArrayList<>(List.of("sh", "-c", "setsid \"$@\" >/dev/null 2>&1 </dev/null &", "sh"));
    listener.addAll(contract.listener(PORT));
    assertThat(listening.exec(Command.of(listener)).isSuccess()).isTrue();
    String address = listening.exec(Command.of("hostname", "-i")).stdout().strip();
    ContractMachine.await(
        "the listener", () -> connect(listening, address).stdout().contains("reached"));

    assertThat(connect(reaching, address).stdout()).isEmpty();
    assertThat(connect(reaching, address).isSuccess()).isFalse();
    assertThat(connect(reaching, listening.name().value()).isSuccess()).isFalse();
  }

  private ExecResult connect(Sandbox from, String address) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" </dev/null", "sh"));
    argv.addAll(contract.connect(address, PORT));
    return from.exec(Command.of(argv));
  }

  @Test
  void aSandboxWithoutNetworkReachesNobody() {
    SandboxSpec.Builder spec = plain().network(NetworkPolicy.NONE);
    if (!can(Capability.NETWORK_NONE)) {
      assertThatThrownBy(() -> create(spec)).isInstanceOf(RefusedException.class);
      return;
    }
    Sandbox open = create(plain().network(NetworkPolicy.OPEN));
    String address = open.exec(Command.of("hostname", "-i")).stdout().strip();
    Sandbox closed = create(spec);

    assertThat(agent(closed, "ls /sys/class/net")).isEqualTo("lo\n");
    for (String target :
        List.of(address, "169.254.169.254", "172.17.0.1", "host.docker.internal")) {
      assertThat(connect(closed, target).isSuccess()).as(target).isFalse();
    }
  }

  @Test
  void aPolicyThatCannotBeHonouredIsRefusedAndNothingIsLeft() {
    if (can(Capability.NETWORK_ALLOW)) {
      create(plain().network(new NetworkPolicy.Allow(Set.of("allowed.invalid"))));
      return;
    }
    assertThatThrownBy(
            () -> create(plain().network(new NetworkPolicy.Allow(Set.of("allowed.invalid")))))
        .isInstanceOf(RefusedException.class);
    assertThat(contract.ours()).isEmpty();
  }

  private SandboxSpec.Builder plain() {
    return spec(contract.name()).withoutSupervisor();
  }

  /** Whether the provider does not isolate; then nobody may get it who did not ask for it. */
  private boolean isNoSandbox() {
    if (can(Capability.ISOLATION)) {
      return false;
    }
    try (Dispense unaware = Dispense.builder().environment(contract.host).build()) {
      assertThatThrownBy(() -> unaware.create(plain().build()))
          .isInstanceOfAny(RefusedException.class, NotFoundException.class);
    }
    return true;
  }
}
