package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.NameTakenException;
import dev.dispense.NotFoundException;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Machines are made, found, stopped and deleted. */
abstract class ProviderMachinesContract extends ProviderPart {
  ProviderMachinesContract(ProviderContract contract) {
    super(contract);
  }

  private Optional<SandboxInfo.State> state(ContractMachine machine) {
    return provider().find(machine.machine().name()).map(Machine::state);
  }

  @Test
  void aNewMachineRunsAndIsFoundAndListed() {
    MachineSpec spec = spec();
    Machine machine = create(spec).machine();

    assertThat(machine.name()).isEqualTo(spec.name());
    assertThat(machine.state()).isEqualTo(SandboxInfo.State.RUNNING);
    assertThat(machine.image()).isNotBlank();
    assertThat(provider().find(spec.name())).contains(machine);
    assertThat(provider().list()).contains(machine);
  }

  @Test
  void anotherProviderSeesTheSameMachine() {
    Machine machine = create().machine();
    try (SandboxProvider other = contract.open()) {
      assertThat(other.find(machine.name())).contains(machine);
      assertThat(other.list()).contains(machine);
      Command command = Command.of("true");
      Streams streams =
          Streams.of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
      assertThat(other.exec(machine.id(), command, streams)).isZero();
      other.delete(machine.id());
    }
    assertThat(provider().find(machine.name())).isEmpty();
  }

  @Test
  void closingAProviderTwiceLeavesItsMachinesRunning() {
    SandboxProvider other = contract.open();
    Machine machine = other.create(spec(), Progress.Listener.NONE);
    other.close();
    other.close();
    assertThat(provider().find(machine.name())).contains(machine);
    assertThat(new ContractMachine(provider(), machine).sh("true").exitCode()).isZero();
  }

  @Test
  void onlyTheExactNameFindsAMachine() {
    SandboxName name = contract.name();
    SandboxName longer = new SandboxName(name.value() + "-more");
    create(spec(longer));

    assertThat(provider().find(name)).isEmpty();
    assertThat(provider().find(new SandboxName("more"))).isEmpty();
    create(spec(name));
    assertThat(provider().find(name)).map(Machine::name).contains(name);
    assertThat(provider().find(longer)).map(Machine::name).contains(longer);
  }

  @Test
  void aNameIsTakenByTheFirstMachine() {
    MachineSpec spec = spec();
    Machine first = create(spec).machine();

    assertThatThrownBy(() -> create(spec)).isInstanceOf(NameTakenException.class);
    assertThat(contract.leftovers()).containsExactly(first);
  }

  @Test
  void ofMachinesMadeAtOnceWithOneNameExactlyOneIsMade() {
    MachineSpec spec = spec();
    List<FutureTask<Boolean>> attempts = new ArrayList<>();
    Callable<Boolean> attempt =
        () -> {
          try {
            create(spec);
            return true;
          } catch (NameTakenException e) {
            return false;
          }
        };
    for (int i = 0; i < 4; i++) {
      attempts.add(ContractMachine.inBackground(attempt));
    }

    assertThat(attempts).map(ContractMachine::result).containsOnlyOnce(true);
    assertThat(contract.leftovers()).hasSize(1);
    assertThat(new ContractMachine(provider(), contract.leftovers().get(0)).output("echo here"))
        .isEqualTo("here\n");
  }

  @Test
  void aMachineIsFoundByItsNewNameAloneOrCannotBeRenamed() {
    ContractMachine machine = create();
    SandboxName old = machine.machine().name();
    SandboxName other = contract.name();
    if (!contract.can(Capability.RENAME)) {
      assertThatThrownBy(() -> provider().rename(machine.id(), other))
          .isInstanceOf(RefusedException.class);
      assertThat(provider().find(old)).isPresent();
      return;
    }
    // The label says that other names are to be expected.
    ContractMachine prepared =
        create(withLabels(spec(other), Map.of("dev.dispense.prepared", other.value())));
    SandboxName taken = contract.name();
    provider().rename(prepared.id(), taken);

    assertThat(provider().find(other)).isEmpty();
    Machine renamed = provider().find(taken).orElseThrow();
    assertThat(renamed.id()).isEqualTo(prepared.id());
    assertThat(renamed.labels()).isEqualTo(prepared.machine().labels());
    assertThat(provider().list()).contains(renamed);
    assertThat(prepared.output("echo runs")).isEqualTo("runs\n");
    assertThatThrownBy(() -> provider().rename(renamed.id(), old))
        .isInstanceOf(NameTakenException.class);
    assertThat(provider().find(taken)).contains(renamed);
  }

  @Test
  void aNameIsFreeAgainAfterDeletion() {
    MachineSpec spec = spec();
    ContractMachine first = create(spec);
    first.output("echo old > \"$1\"", first.path("file"));
    provider().delete(first.id());
    ContractMachine second = create(spec);

    assertThat(second.exists(second.path("file"))).isFalse();
    assertThatThrownBy(() -> first.sh("true")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void labelsComeBackAsTheyWere() {
    Map<String, String> labels =
        Map.of(
            "dev.dispense.test.empty", "",
            "dev.dispense.test.quotes", "it's \"quoted\" = ${HOME} $(id) `id` \\n",
            "dev.dispense.test.lines", "first\nsecond\ttab ",
            "dev.dispense.test.unicode", "Grüße 漢字 🚀",
            "dev.dispense.test.long", "x".repeat(4000));
    Machine machine = create(withLabels(spec(), labels)).machine();

    assertThat(machine.labels()).containsAllEntriesOf(labels);
    assertThat(provider().find(machine.name()).orElseThrow().labels()).isEqualTo(machine.labels());
    assertThat(contract.leftovers()).containsExactly(machine);
  }

  @Test
  void theDirectoriesOfTheLayoutBelongToTheUser() {
    MachineSpec spec = spec();
    SandboxLayout layout = provider().layout(spec.name());
    ContractMachine machine = create(spec);

    assertThat(provider().layout(spec.name())).isEqualTo(layout);
    for (String directory :
        List.of(layout.workspace(), layout.dispense(), layout.home(), layout.secrets())) {
      assertThat(directory).startsWith("/");
      assertThat(machine.output("stat -c '%F %u' \"$1\"", directory))
          .as(directory)
          .isEqualTo("directory " + spec.uid() + "\n");
      assertThat(machine.output("echo x > \"$1/f\"; cat \"$1/f\"; rm \"$1/f\"", directory))
          .as(directory)
          .isEqualTo("x\n");
    }
    assertThat(machine.output("stat -c %a \"$1\"", layout.secrets())).isEqualTo("700\n");
  }

  @Test
  void anImageThatCannotBeHadIsReportedAndNothingIsLeft() {
    MachineSpec spec = withImage(spec(), contract.missingImage());

    assertThatThrownBy(() -> create(spec))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(contract.missingImage());
    assertThat(contract.leftovers()).isEmpty();
  }

  @Test
  void aStoppedMachineKeepsItsFilesAndRunsAgainAfterStart() {
    ContractMachine machine = create();
    machine.output("echo kept > \"$1\"", machine.path("file"));
    if (!contract.can(Capability.STOP_START)) {
      assertThatThrownBy(() -> provider().stop(machine.id(), Duration.ofSeconds(1)))
          .isInstanceOf(RefusedException.class);
      return;
    }
    provider().stop(machine.id(), Duration.ofSeconds(1));

    assertThat(provider().find(machine.machine().name()))
        .map(Machine::state)
        .contains(SandboxInfo.State.STOPPED);
    assertThatThrownBy(() -> machine.sh("true")).isInstanceOf(UnavailableException.class);
    provider().stop(machine.id(), Duration.ofSeconds(1));
    provider().start(machine.id());
    provider().start(machine.id());
    assertThat(provider().find(machine.machine().name()))
        .map(Machine::state)
        .contains(SandboxInfo.State.RUNNING);
    assertThat(machine.output("cat \"$1\"", machine.path("file"))).isEqualTo("kept\n");
    assertThat(machine.output("stat -c %a \"$1\"", machine.layout().secrets())).isEqualTo("700\n");
  }

  @Test
  void aMachineStopsByItselfWhenItsTimeIsUp() {
    ContractMachine machine = create();
    Duration time = Duration.ofSeconds(4);
    Optional<SandboxInfo.State> stopped = Optional.of(SandboxInfo.State.STOPPED);
    if (!contract.can(Capability.EXPIRY)) {
      assertThatThrownBy(() -> provider().expireAfter(machine.id(), time))
          .isInstanceOf(RefusedException.class);
      return;
    }
    machine.output("echo kept > \"$1\"", machine.path("file"));
    machine.output("(trap '' TERM; exec setsid sleep 3600) > /dev/null 2>&1 < /dev/null &");
    provider().expireAfter(machine.id(), Duration.ofHours(1));
    provider().expireAfter(machine.id(), time);
    if (!contract.expiresInSeconds()) {
      return;
    }
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos() * 3 / 2) {
      provider().expireAfter(machine.id(), time);
    }
    assertThat(state(machine)).as("renewed").contains(SandboxInfo.State.RUNNING);
    ContractMachine.await("the machine to stop", () -> state(machine).equals(stopped));
    provider().start(machine.id());
    assertThat(machine.output("cat \"$1\"", machine.path("file"))).isEqualTo("kept\n");
    ContractMachine.await("it to stop once more", () -> state(machine).equals(stopped));
  }

  @Test
  void aStoppedMachineCanBeDeleted() {
    ContractMachine machine = create();
    if (contract.can(Capability.STOP_START)) {
      provider().stop(machine.id(), Duration.ZERO);
    }
    provider().delete(machine.id());

    assertThat(contract.leftovers()).isEmpty();
  }

  @Test
  void deletionTakesARunningMachineWithWhatRunsInIt() {
    ContractMachine machine = create();
    machine.output("setsid sleep 3600 > /dev/null 2>&1 < /dev/null &");
    provider().delete(machine.id());

    assertThat(provider().find(machine.machine().name())).isEmpty();
    assertThat(contract.leftovers()).isEmpty();
  }

  @Test
  void deletingTwiceDoesNothing() {
    ContractMachine machine = create();
    provider().delete(machine.id());
    provider().delete(machine.id());
    provider().delete("dispense-no-such-machine");

    assertThat(contract.leftovers()).isEmpty();
  }

  @Test
  void whatIsAskedOfADeletedMachineIsNotFound() {
    ContractMachine machine = create();
    String id = machine.id();
    String workspace = machine.layout().workspace();
    provider().delete(id);

    assertThat(catchThrowable(() -> machine.sh("true"))).isInstanceOf(NotFoundException.class);
    assertThat(
            catchThrowable(() -> provider().upload(id, workspace, InputStream.nullInputStream())))
        .isInstanceOf(NotFoundException.class);
    assertThat(catchThrowable(() -> provider().download(id, workspace)))
        .isInstanceOf(NotFoundException.class);
    if (contract.can(Capability.STOP_START)) {
      assertThat(catchThrowable(() -> provider().start(id))).isInstanceOf(NotFoundException.class);
      assertThat(catchThrowable(() -> provider().stop(id, Duration.ZERO)))
          .isInstanceOf(NotFoundException.class);
    }
    if (contract.can(Capability.PORT_FORWARDING)) {
      assertThat(
              catchThrowable(
                  () ->
                      provider()
                          .connect(
                              id,
                              80,
                              InputStream.nullInputStream(),
                              OutputStream.nullOutputStream())))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void anInterruptedThreadGetsNoMachine() {
    MachineSpec spec = spec();
    Thread.currentThread().interrupt();
    try {
      Throwable thrown = catchThrowable(() -> create(spec));
      boolean interrupted = Thread.interrupted();

      assertThat(thrown == null || interrupted).as("the flag is set with the exception").isTrue();
      assertThat(contract.leftovers()).hasSize(thrown == null ? 1 : 0);
    } finally {
      boolean unused = Thread.interrupted();
    }
  }
}
