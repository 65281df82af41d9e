package dev.dispense.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Changes.FileChange;
import dev.dispense.Changes.FileChange.Kind;
import dev.dispense.UnavailableException;
import dev.dispense.spi.SourceProvider.Delivery;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All that an agent did is told, committed or not. */
abstract class SourceWorkContract {
  private final SourceContract contract;

  SourceWorkContract(SourceContract contract) {
    this.contract = contract;
  }

  @ParameterizedTest
  @EnumSource
  void anAgentThatDidNothingChangedNothing(Delivery delivery) {
    DeliveredSource delivered = deliver("nothing", delivery);
    Changes changes = delivered.changes();

    assertThat(changes.isEmpty()).isTrue();
    assertThat(changes.head()).isEqualTo(changes.base());
    assertThat(changes.snapshot()).isEqualTo(changes.base());
    assertThat(changes.commits()).isEmpty();
    assertThat(changes.files()).isEmpty();
    assertThat(diff(changes)).isEmpty();
    assertThat(changes.keep()).isEmpty();
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void commitsComeBackInTheirOrder(Delivery delivery) {
    DeliveredSource delivered = deliver("commits", delivery);
    delivered.agent("echo 1 > first");
    delivered.commit("First\n\nWith a body.");
    delivered.agent("echo 2 > second");
    delivered.commit("Second: it's \"quoted\" ü");
    Changes changes = delivered.changes();

    assertThat(changes.isEmpty()).isFalse();
    assertThat(changes.commits())
        .map(Changes.Commit::subject)
        .containsExactly("First", "Second: it's \"quoted\" ü");
    assertThat(changes.commits().get(1).id()).isEqualTo(changes.head());
    assertThat(changes.snapshot()).isEqualTo(changes.head());
    assertThat(changes.head()).isNotEqualTo(changes.base());
    assertThat(kinds(changes)).isEqualTo(Map.of("first", Kind.ADDED, "second", Kind.ADDED));
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotCommittedComesBackToo(Delivery delivery) {
    DeliveredSource delivered = deliver("uncommitted", delivery);
    delivered.agent("echo 1 > committed");
    delivered.commit("Commit one file");
    delivered.agent("echo new > new; echo more >> README; rm src/deep/other.txt");
    Map<String, String> status = delivered.content();
    Changes changes = delivered.changes();

    assertThat(changes.commits()).hasSize(1);
    assertThat(changes.snapshot()).isNotEqualTo(changes.head());
    assertThat(kinds(changes))
        .isEqualTo(
            Map.of(
                "committed", Kind.ADDED,
                "new", Kind.ADDED,
                "README", Kind.MODIFIED,
                "src/deep/other.txt", Kind.DELETED));
    assertThat(delivered.content()).as("fetching changes nothing in the sandbox").isEqualTo(status);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void linesAreCountedAndBinaryFilesAreNot(Delivery delivery) {
    DeliveredSource delivered = deliver("counted", delivery);
    delivered.agent("printf 'a\\nb\\n' >> README; printf '\\0\\1\\377' > binary");
    Changes changes = delivered.changes();

    FileChange text = change(changes, "README");
    assertThat(text.insertions()).isEqualTo(OptionalInt.of(2));
    assertThat(text.deletions()).isEqualTo(OptionalInt.of(0));
    assertThat(text.isBinary()).isFalse();
    assertThat(change(changes, "binary").isBinary()).isTrue();
    assertThat(diff(changes)).contains("+a\n+b\n");
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void aRenameIsToldWithTheOldPath(Delivery delivery) {
    DeliveredSource delivered = deliver("renamed", delivery);
    delivered.agent("mv src/main.txt renamed.txt; chmod +x src/deep/other.txt");
    delivered.agent("rm link; echo file > link");
    Changes changes = delivered.changes();

    FileChange renamed = change(changes, "renamed.txt");
    assertThat(renamed.kind()).isEqualTo(Kind.RENAMED);
    assertThat(renamed.previousPath()).contains("src/main.txt");
    assertThat(change(changes, "src/deep/other.txt").kind()).isEqualTo(Kind.MODIFIED);
    assertThat(change(changes, "link").kind()).isEqualTo(Kind.TYPE_CHANGED);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void awkwardNamesComeBackAsTheyAre(Delivery delivery) {
    List<String> names = List.of("two words", "-rf", "it's \"q\"", "tab\there", "ü 漢字 🚀", "a\\b");
    DeliveredSource delivered = deliver("awkward", delivery);
    names.forEach(name -> delivered.agent("echo content > \"./$1\"", name));
    Changes changes = delivered.changes();

    assertThat(changes.files()).map(FileChange::path).containsExactlyInAnyOrderElementsOf(names);
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void ignoredFilesComeBackOnlyWhenTheAgentCommitsThem(Delivery delivery) {
    DeliveredSource delivered = deliver("ignored", delivery);
    delivered.agent(
        "mkdir \"$1\" && echo x > \"$1/out\" && echo y > \"$1/other\"", SourceContract.IGNORED);
    assertThat(delivered.changes().isEmpty()).isTrue();
    delivered.agent(contract.addIgnoredScript(), SourceContract.IGNORED + "/out");
    delivered.commit("Commit what is ignored");

    assertThat(kinds(delivered.changes()))
        .isEqualTo(Map.of(SourceContract.IGNORED + "/out", Kind.ADDED));
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void changesAreFetchedAnewEachTime(Delivery delivery) {
    DeliveredSource delivered = deliver("anew", delivery);
    delivered.agent("echo 1 > one");
    Changes first = delivered.changes();
    Changes same = delivered.changes();
    delivered.agent("echo 2 > two");
    Changes second = delivered.changes();

    assertThat(same.base()).isEqualTo(first.base());
    assertThat(kinds(same)).isEqualTo(kinds(first));
    assertThat(kinds(second)).containsOnlyKeys("one", "two");
    assertThat(second.base()).isEqualTo(first.base());
    delivered.remove();
  }

  @ParameterizedTest
  @EnumSource
  void aSandboxThatCannotGiveItsWorkIsReported(Delivery delivery) {
    DeliveredSource delivered = deliver("mute", delivery);

    assertThatThrownBy(
            () ->
                contract.provider.changes(
                    delivered.workspace(), (command, streams) -> 127 /* no such program */))
        .isInstanceOf(UnavailableException.class);
    delivered.remove();
  }

  private DeliveredSource deliver(String name, Delivery delivery) {
    return DeliveredSource.deliver(contract, name, contract.source, delivery);
  }

  private static Map<String, Kind> kinds(Changes changes) {
    Map<String, Kind> kinds = new TreeMap<>();
    changes.files().forEach(file -> kinds.put(file.path(), file.kind()));
    return kinds;
  }

  private static FileChange change(Changes changes, String path) {
    return changes.files().stream()
        .filter(file -> file.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no change of " + path + " in " + changes.files()));
  }

  private static String diff(Changes changes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    changes.writeDiff(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
