package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.Streams;
import dev.dispense.spi.SandboxProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Only what is meant is deleted, and only its owner sees what is kept. */
abstract class EscapeBelongingsContract extends EscapePart {
  EscapeBelongingsContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void deletingASandboxTakesNoneWhoseNameContainsItsName() {
    String name = contract.name();
    List<String> others = List.of(name + "-2", "x-" + name, name + "0");
    Sandbox sandbox = create(spec(name).withoutSupervisor());
    others.forEach(other -> create(spec(other).withoutSupervisor()));

    sandbox.delete();

    assertThat(contract.ours())
        .extracting(info -> info.name().value())
        .containsExactlyInAnyOrderElementsOf(others);
    assertThat(contract.ours())
        .extracting(SandboxInfo::state)
        .containsOnly(SandboxInfo.State.RUNNING);
    for (String part : List.of(name, name.substring(0, name.length() - 1), name + "-", "*")) {
      assertThatThrownBy(() -> contract.dispense.sandbox(part))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void onlyItsWholeIdNamesAMachine() {
    Sandbox sandbox = create(spec(contract.name()).withoutSupervisor());
    String id = sandbox.info().id().orElseThrow();
    try (SandboxProvider provider = contract.factory.open(contract.host)) {
      for (String part :
          List.of(
              "",
              id.substring(0, id.length() / 2),
              id.substring(0, id.length() - 1),
              sandbox.name().value(),
              "dispense-" + sandbox.name(),
              id + "/../" + id,
              id + "?force=true",
              "--all")) {
        attempt(() -> provider.delete(part));
        Streams nowhere =
            Streams.of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
        assertThatThrownBy(() -> provider.exec(part, Command.of("true"), nowhere))
            .as("a command in '%s'", part)
            .isInstanceOfAny(DispenseException.class, IllegalArgumentException.class);
      }
    }
    assertThat(sandbox.exec(Command.of("echo", "here")).stdout()).isEqualTo("here\n");
  }

  // To delete what is not there may do nothing, or be an error.
  private static void attempt(Runnable deletion) {
    try {
      deletion.run();
    } catch (DispenseException | IllegalArgumentException e) {
      assertThat(e).hasMessageNotContaining("\n\tat ");
    }
  }

  @Test
  void onlyTheOwnerCanEnterWhatIsKept() throws IOException {
    Sandbox sandbox = create();
    Path state = contract.host.stateDirectory();
    Path directory = sandbox.info().directory().orElseThrow();

    for (Path path : directoriesFrom(state, directory)) {
      assertThat(mode(path)).as("%s", path).isEqualTo("rwx------");
    }
    assertThat(mode(directory.resolve("sandbox.properties"))).isEqualTo("rw-------");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
