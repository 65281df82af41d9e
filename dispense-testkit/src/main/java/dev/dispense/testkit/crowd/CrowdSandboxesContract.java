package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many at once create, run, list, fetch and delete, on one repository and on many. */
abstract class CrowdSandboxesContract extends CrowdPart {
  CrowdSandboxesContract(ConcurrencyContract contract) {
    super(contract);
  }

  @Test
  void threadsWorkOnOneRepository() throws IOException {
    threads(List.of(repository("one")));
  }

  @Test
  void threadsWorkOnARepositoryEach() throws IOException {
    threads(repositories());
  }

  @Test
  void processesWorkOnOneRepository() throws IOException {
    processes(List.of(repository("one")));
  }

  @Test
  void processesWorkOnARepositoryEach() throws IOException {
    processes(repositories());
  }

  private List<Path> repositories() throws IOException {
    List<Path> repositories = new ArrayList<>();
    for (int i = 0; i < contract.crowd(); i++) {
      repositories.add(repository("repository-" + i));
    }
    return repositories;
  }

  private void threads(List<Path> repositories) throws IOException {
    List<String> names = names();
    try (Dispense dispense = contract.open()) {
      List<Throwable> failures =
          Crowd.threads(
              names.size(),
              i -> CrowdMember.work(dispense, names.get(i), repository(repositories, i)));

      assertThat(failures).isEmpty();
    }
    assertWork(names, repositories);
  }

  private void processes(List<Path> repositories) throws IOException {
    List<String> names = names();
    List<List<String>> arguments = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      arguments.add(List.of("work", names.get(i), repository(repositories, i).toString()));
    }
    assertThat(Crowd.processes(contract, contract.temporary, arguments))
        .allSatisfy(end -> assertThat(end.exitCode()).as(end.output()).isZero());
    assertWork(names, repositories);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < contract.crowd(); i++) {
      names.add(contract.name());
    }
    return names;
  }

  private static Path repository(List<Path> repositories, int member) {
    return repositories.get(member % repositories.size());
  }

  /**
   * Everybody's work is in the right repository, under the right name, and nobody else's with it.
   */
  private static void assertWork(List<String> names, List<Path> repositories) throws IOException {
    for (int i = 0; i < names.size(); i++) {
      String ref = "refs/dispense/" + names.get(i) + "/work";
      assertThat(git(repository(repositories, i), "diff", "--name-only", "main", ref))
          .isEqualTo("by-" + names.get(i));
      assertThat(git(repository(repositories, i), "show", ref + ":by-" + names.get(i)))
          .isEqualTo("by " + names.get(i));
    }
    for (Path repository : repositories) {
      assertUntouched(repository);
    }
  }
}
