package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.NameTakenException;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Of many who want one name, one gets it, and the others hear that it is taken. */
abstract class CrowdNamesContract extends CrowdPart {
  private static final int RACES = 3;

  CrowdNamesContract(ConcurrencyContract contract) {
    super(contract);
  }

  @Test
  void oneThreadGetsTheName() throws IOException {
    Path repository = repository("one");
    String name = contract.name();
    try (Dispense dispense = contract.open()) {
      List<Throwable> failures =
          Crowd.threads(
              contract.crowd(), i -> CrowdMember.claim(dispense, name, repository).close());

      assertThat(failures).hasSize(contract.crowd() - 1);
      assertThat(failures)
          .allSatisfy(
              failure ->
                  assertThat(failure)
                      .isInstanceOf(NameTakenException.class)
                      .hasMessageContaining(name));
      assertWhole(dispense, name);
      dispense.sandbox(name).delete();
    }
    assertUntouched(repository);
  }

  @Test
  void oneProcessGetsTheName() throws IOException {
    Path repository = repository("one");
    String name = contract.name();
    List<String> own = List.of("claim", name, repository.toString());

    List<Crowd.End> ends =
        Crowd.processes(contract, contract.temporary, Collections.nCopies(contract.crowd(), own));

    assertThat(ends).filteredOn(end -> end.exitCode() == 0).hasSize(1);
    assertThat(ends)
        .filteredOn(end -> end.exitCode() != 0)
        .allSatisfy(
            end -> {
              assertThat(end.exitCode()).as(end.output()).isEqualTo(CrowdMember.NAME_TAKEN);
              assertThat(end.output()).contains(name).contains("taken");
            });
    try (Dispense dispense = contract.open()) {
      assertWhole(dispense, name);
      dispense.sandbox(name).delete();
    }
    assertUntouched(repository);
  }

  /** One deletes the sandbox of a name while others make the next: nobody hits the wrong one. */
  @Test
  void aNameIsFreedAndTakenAtOnce() throws IOException {
    Path repository = repository("one");
    String name = contract.name();
    try (Dispense dispense = contract.open()) {
      for (int race = 0; race < RACES; race++) {
        CrowdMember.claim(dispense, name, repository).close();
        Sandbox old = dispense.sandbox(name);
        AtomicInteger made = new AtomicInteger();

        List<Throwable> failures =
            new ArrayList<>(
                Crowd.threads(
                    4,
                    i -> {
                      if (i == 0) {
                        old.delete();
                      } else {
                        claimWhenFree(dispense, name, repository, made);
                      }
                    }));

        assertThat(failures).isEmpty();
        assertThat(made).hasValue(1);
        assertWhole(dispense, name);
        dispense.sandbox(name).delete();
        old.close();
        assertUntouched(repository);
      }
    }
  }

  @Test
  void aSandboxIsDeletedByManyAtOnce() throws IOException {
    Path repository = repository("one");
    String name = contract.name();
    try (Dispense dispense = contract.open()) {
      CrowdMember.claim(dispense, name, repository).close();
      Sandbox sandbox = dispense.sandbox(name);

      List<Throwable> failures = Crowd.threads(contract.crowd(), i -> sandbox.forceDelete());

      assertThat(failures).isEmpty();
      sandbox.close();
    }
    assertUntouched(repository);
  }

  /** Tries again while the name is taken, until somebody has made the next sandbox. */
  private static void claimWhenFree(
      Dispense dispense, String name, Path repository, AtomicInteger made) {
    while (made.get() == 0) {
      try {
        CrowdMember.claim(dispense, name, repository).close();
        made.incrementAndGet();
      } catch (NameTakenException e) {
        // Some providers allow so many questions in a minute, and no more.
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  private static void assertWhole(Dispense dispense, String name) throws IOException {
    try (Sandbox sandbox = dispense.sandbox(name)) {
      assertThat(sandbox.exec(Command.of("cat", "file.txt")).stdout()).isEqualTo("as it was\n");
      assertThat(sandbox.changes().commits()).isEmpty();
    } catch (NotFoundException e) {
      throw new AssertionError("the sandbox that was just made is gone", e);
    }
  }
}
