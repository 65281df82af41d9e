package dev.dispense.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.Risk;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.testkit.provider.DirectoryContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The work comes out whole: as files, as a diff, into a repository, or kept for later. */
abstract class SourceResultsContract {
  private final SourceContract contract;

  SourceResultsContract(SourceContract contract) {
    this.contract = contract;
  }

  @ParameterizedTest
  @EnumSource
  void anExportHoldsAllFilesOfTheWork(Delivery delivery) throws IOException {
    DeliveredSource delivered = worked("export", delivery);
    Changes changes = delivered.changes();
    Path target = contract.temporary.resolve("exported");
    changes.exportTo(target);

    assertThat(DeliveredSource.files(target)).isEqualTo(withoutIgnored(delivered.content()));
    assertThatThrownBy(() -> changes.exportTo(target)).isInstanceOf(RefusedException.class);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void theDiffAppliedToTheSourceGivesTheWork(Delivery delivery) throws IOException {
    DeliveredSource delivered = worked("apply", delivery);
    Changes changes = delivered.changes();
    changes.applyTo(contract.origin);

    assertThat(DeliveredSource.files(contract.origin))
        .isEqualTo(withoutIgnored(delivered.content()));
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void aDiffThatDoesNotApplyIsRefusedAndChangesNothing(Delivery delivery) throws IOException {
    DeliveredSource delivered = worked("conflict", delivery);
    Changes changes = delivered.changes();
    Files.writeString(contract.origin.resolve("README"), "Something else.\n");
    Map<String, String> before = DirectoryContent.describe(contract.origin);

    assertThatThrownBy(() -> changes.applyTo(contract.origin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("README");
    assertThat(DirectoryContent.describe(contract.origin)).isEqualTo(before);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void aRiskIsReportedAndStopsTheDiffUnlessItIsAllowed(Delivery delivery) throws IOException {
    DeliveredSource delivered =
        DeliveredSource.deliver(contract, "risk", contract.source, delivery);
    delivered.agent("echo 'touch x' > .envrc; echo changed >> README");
    Changes changes = delivered.changes();
    Map<String, String> before = DirectoryContent.describe(contract.origin);

    assertThat(changes.risks())
        .singleElement()
        .satisfies(
            risk -> {
              assertThat(risk.kind()).isEqualTo(Risk.Kind.AUTORUN);
              assertThat(risk.path()).isEqualTo(".envrc");
              assertThat(risk.reason()).isNotBlank();
            });
    assertThatThrownBy(() -> changes.applyTo(contract.origin))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(".envrc");
    assertThat(DirectoryContent.describe(contract.origin)).isEqualTo(before);
    changes.applyTo(contract.origin, Set.of(Risk.Kind.AUTORUN));
    assertThat(contract.origin.resolve(".envrc")).exists();
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void workIsFetchedIntoARepositoryAndNowhereElse(Delivery delivery) throws IOException {
    DeliveredSource delivered = worked("fetch", delivery);
    Changes changes = delivered.changes();
    Path elsewhere = Files.createDirectory(contract.temporary.resolve("elsewhere"));
    assertThatThrownBy(() -> changes.fetchInto(elsewhere)).isInstanceOf(DispenseException.class);
    if (!contract.isRepository()) {
      delivered.remove();
      return;
    }
    Map<String, String> before = contract.originContent();
    Changes.Fetched fetched = changes.fetchInto(contract.origin);

    assertThat(fetched.headRef()).isEqualTo("refs/dispense/fetch/head");
    assertThat(fetched.workRef()).isEqualTo("refs/dispense/fetch/work");
    assertThat(fetched.branch()).isEmpty();
    assertThat(changes.fetchInto(contract.origin)).isEqualTo(fetched);
    assertThat(changes.fetchInto(contract.origin, "result").branch()).contains("result");
    assertThat(contract.originContent()).isEqualTo(before);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void workIsKeptOnce(Delivery delivery) {
    DeliveredSource delivered = worked("keep", delivery);

    assertThat(delivered.changes().keep())
        .hasValueSatisfying(where -> assertThat(where).isNotBlank());
    assertThat(delivered.changes().keep()).isEmpty();
    delivered.agent("echo even more > even-more");
    assertThat(delivered.changes().keep()).isPresent();
    assertThat(delivered.changes().keep()).isEmpty();
    delivered.remove();
  }

  /** Commits, and leaves uncommitted, something of every kind. */
  private DeliveredSource worked(String name, Delivery delivery) {
    DeliveredSource delivered = DeliveredSource.deliver(contract, name, contract.source, delivery);
    delivered.agent(
        "echo changed >> README; rm src/deep/other.txt; mv src/main.txt moved.txt; rm link; ln -s"
            + " moved.txt link; head -c 70000 /dev/zero > zeros; printf '\\0\\200\\377' > binary;"
            + " mkdir dist build; echo dist > dist/out; echo ignored > build/not; echo ignored >"
            + " build/out");
    delivered.agent(contract.addIgnoredScript(), SourceContract.IGNORED + "/out");
    delivered.commit("Change something of every kind");
    delivered.agent("chmod +x moved.txt; echo new > new; echo more >> run.sh; rm .hidden");
    return delivered;
  }

  private static Map<String, String> withoutIgnored(Map<String, String> content) {
    Map<String, String> visible = new TreeMap<>(content);
    visible.remove(SourceContract.IGNORED + "/not");
    return visible;
  }
}
