package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Capability;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Directories and files of this machine are seen where they are mounted. */
abstract class ProviderMountsContract extends ProviderPart {
  ProviderMountsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void whatIsWrittenToAMountIsSeenOnBothSides() throws IOException {
    Path host = directory("host");
    Files.writeString(host.resolve("from-host"), "host\n");
    MachineSpec spec = spec();
    SandboxLayout layout = provider().layout(spec.name());
    MachineSpec mounted = withMounts(spec, new Mount(host, layout.workspace(), false));
    if (refused(mounted)) {
      return;
    }
    ContractMachine machine = create(mounted);

    assertThat(machine.output("cat from-host; echo sandbox > from-sandbox; mkdir made"))
        .isEqualTo("host\n");
    assertThat(host.resolve("from-sandbox")).hasContent("sandbox");
    assertThat(Files.getOwner(host.resolve("from-sandbox"))).isEqualTo(Files.getOwner(host));
    Files.writeString(host.resolve("later"), "later\n");
    assertThat(machine.output("cat later")).isEqualTo("later\n");
    provider().delete(machine.id());
    assertThat(host.resolve("from-sandbox")).exists();
  }

  @Test
  void aReadOnlyMountCannotBeWritten() throws IOException {
    Path host = directory("host");
    Files.writeString(host.resolve("file"), "as it was");
    MachineSpec spec = spec();
    String path = provider().layout(spec.name()).dispense() + "/read-only";
    MachineSpec mounted = withMounts(spec, new Mount(host, path, true));
    if (refused(mounted)) {
      return;
    }
    ContractMachine machine = create(mounted);

    assertThat(machine.output("cat \"$1/file\"", path)).isEqualTo("as it was");
    assertThat(machine.sh("echo changed > \"$1/file\"", path).exitCode()).isNotZero();
    assertThat(machine.sh("touch \"$1/new\"", path).exitCode()).isNotZero();
    assertThat(machine.sh("rm -f \"$1/file\"", path).exitCode()).isNotZero();
    assertThat(host.resolve("file")).hasContent("as it was");
    assertThat(host).isDirectoryNotContaining("glob:**new");
  }

  @Test
  void aFileMountedOverAFileInAMountCanBeNeitherWrittenNorMovedNorRemoved() throws IOException {
    Path host = directory("host");
    Files.writeString(host.resolve(".git"), "gitdir: /on/the/host");
    Path pointer = contract.temporary.resolve("pointer");
    Files.writeString(pointer, "gitdir: in the sandbox");
    MachineSpec spec = spec();
    String workspace = provider().layout(spec.name()).workspace();
    MachineSpec mounted =
        withMounts(
            spec, new Mount(host, workspace, false), new Mount(pointer, workspace + "/.git", true));
    if (refused(mounted)) {
      return;
    }
    ContractMachine machine = create(mounted);

    assertThat(machine.output("cat .git")).isEqualTo("gitdir: in the sandbox");
    assertThat(machine.sh("echo evil > .git").exitCode()).isNotZero();
    assertThat(machine.sh("rm -f .git").exitCode()).isNotZero();
    assertThat(machine.sh("mv .git elsewhere").exitCode()).isNotZero();
    assertThat(machine.sh("mkdir evil; mv -T evil .git").exitCode()).isNotZero();
    assertThat(machine.sh("echo evil > new; mv -f new .git").exitCode()).isNotZero();
    assertThat(machine.output("cat .git")).isEqualTo("gitdir: in the sandbox");
    assertThat(host.resolve(".git")).hasContent("gitdir: /on/the/host");
    assertThat(pointer).hasContent("gitdir: in the sandbox");
  }

  @Test
  void anyCharactersAreAllowedInThePathsOfAMount() throws IOException {
    Path host = directory("a b:c,d=e\"f'g$(h)`i`\\j;k ü 漢");
    Files.writeString(host.resolve("file"), "awkward\n");
    MachineSpec spec = spec();
    String path = provider().layout(spec.name()).dispense() + "/x y:z,w=v\"u't$(s) ü";
    MachineSpec mounted = withMounts(spec, new Mount(host, path, false));
    if (refused(mounted)) {
      return;
    }

    assertThat(create(mounted).output("cat \"$1/file\"", path)).isEqualTo("awkward\n");
  }

  @Test
  void aMountOfNothingFailsAndLeavesNothing() {
    Path missing = contract.temporary.resolve("missing");
    MachineSpec spec = spec();
    String path = provider().layout(spec.name()).dispense() + "/missing";
    MachineSpec mounted = withMounts(spec, new Mount(missing, path, false));

    assertThatThrownBy(() -> create(mounted)).isInstanceOf(DispenseException.class);
    assertThat(contract.leftovers()).isEmpty();
    assertThat(missing).doesNotExist();
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectory(contract.temporary.resolve(name));
  }

  private boolean refused(MachineSpec spec) {
    if (contract.can(Capability.BIND_MOUNTS)) {
      return false;
    }
    assertThatThrownBy(() -> create(spec)).isInstanceOf(RefusedException.class);
    assertThat(contract.leftovers()).isEmpty();
    return true;
  }
}
