package dev.dispense.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.NotFoundException;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A source comes into the sandbox whole, and stays as it was. */
abstract class SourceCheckoutContract {
  private final SourceContract contract;

  SourceCheckoutContract(SourceContract contract) {
    this.contract = contract;
  }

  @ParameterizedTest
  @EnumSource
  void theContentArrives(Delivery delivery) throws IOException {
    DeliveredSource delivered =
        DeliveredSource.deliver(contract, "arrives", contract.source, delivery);

    assertThat(delivered.content()).isEqualTo(DeliveredSource.files(contract.origin));
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void theSourceStaysAsItWasByteForByte(Delivery delivery) throws IOException {
    Map<String, String> before = contract.originContent();
    DeliveredSource delivered =
        DeliveredSource.deliver(contract, "untouched", contract.source, delivery);
    delivered.agent("rm -r src README && echo changed > run.sh && echo new > new");
    delivered.commit("Change all");
    delivered.agent("echo uncommitted > more");
    Changes changes = delivered.changes();
    changes.files();
    changes.keep();
    delivered.remove();

    assertThat(contract.originContent()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void removalLeavesNothingBehindAndCanBeRepeated(Delivery delivery) throws IOException {
    Map<String, String> before = contract.originContent();
    DeliveredSource first = DeliveredSource.deliver(contract, "first", contract.source, delivery);
    DeliveredSource second = DeliveredSource.deliver(contract, "second", contract.source, delivery);
    first.remove();
    assertThat(second.content()).isEqualTo(DeliveredSource.files(contract.origin));
    assertThat(second.changes().isEmpty()).isTrue();
    second.remove();

    assertThat(contract.traces(contract.origin)).isEmpty();
    assertThat(contract.originContent()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void aNameCanBeUsedAgain(Delivery delivery) throws IOException {
    DeliveredSource first = DeliveredSource.deliver(contract, "again", contract.source, delivery);
    first.agent("echo first > first");
    first.commit("First");
    first.remove();
    DeliveredSource second = DeliveredSource.deliver(contract, "again", contract.source, delivery);

    assertThat(second.content()).isEqualTo(DeliveredSource.files(contract.origin));
    assertThat(second.changes().isEmpty()).isTrue();
    second.remove();
  }

  @ParameterizedTest
  @EnumSource
  void aSourceThatIsNotThereIsNotFoundAndLeavesNothing(Delivery delivery) throws IOException {
    Path missing = contract.temporary.resolve("missing");
    Source source =
        new Source(
            contract.source.type(),
            missing.toString(),
            contract.source.base(),
            contract.source.includeUncommitted());
    SandboxName name = new SandboxName("not-there");

    assertThatThrownBy(() -> DeliveredSource.checkOut(contract, name, source, delivery))
        .isInstanceOf(NotFoundException.class);
    assertNothingIsLeft(name);
    assertThat(missing).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource
  void aBaseThatIsNotThereIsNotFoundAndLeavesNothing(Delivery delivery) throws IOException {
    SandboxName name = new SandboxName("no-base");
    Source source = contract.source.withBase("no-such-branch");

    assertThatThrownBy(() -> DeliveredSource.checkOut(contract, name, source, delivery))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no-such-branch");
    assertNothingIsLeft(name);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotCommittedIsCarriedAlongOnlyWhenAskedFor(Delivery delivery) throws IOException {
    Map<String, String> committed = DeliveredSource.files(contract.origin);
    Files.writeString(contract.origin.resolve("README"), "Changed.\n");
    Files.writeString(contract.origin.resolve("untracked"), "new\n");
    Files.delete(contract.origin.resolve("src/deep/other.txt"));
    Map<String, String> all = DeliveredSource.files(contract.origin);
    Map<String, String> before = contract.originContent();

    DeliveredSource without =
        DeliveredSource.deliver(contract, "without", contract.source, delivery);
    assertThat(without.content()).isEqualTo(contract.isRepository() ? committed : all);
    DeliveredSource with =
        DeliveredSource.deliver(contract, "with", contract.source.withUncommitted(), delivery);
    assertThat(with.content()).isEqualTo(all);
    assertThat(with.changes().isEmpty()).as("what was carried along is no change").isTrue();
    without.remove();
    with.remove();
    assertThat(contract.originContent()).isEqualTo(before);
  }

  private void assertNothingIsLeft(SandboxName name) throws IOException {
    try (Stream<Path> left = Files.list(DeliveredSource.directory(contract, name))) {
      assertThat(left).isEmpty();
    }
    assertThat(contract.traces(contract.origin)).isEmpty();
  }
}
