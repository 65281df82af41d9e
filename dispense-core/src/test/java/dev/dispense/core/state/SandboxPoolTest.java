package dev.dispense.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.SandboxName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxPoolTest {
  private static final String KIND = "0123456789ab";

  @TempDir Path root;
  private StateDirectory sandboxes;
  private SandboxPool prepared;

  @BeforeEach
  void open() {
    sandboxes = new StateDirectory(root);
    prepared = new SandboxPool(sandboxes);
  }

  private SandboxName prepare(String kind) {
    SandboxName name = SandboxPool.newName(kind);
    prepared.state().claim(name, Map.of("provider", "docker"));
    prepared.offer(new SandboxPool.Entry(name, "machine of " + name));
    return name;
  }

  @Test
  void oneIsTakenOnceWithTheMachineItWasOfferedWith() {
    SandboxName name = prepare(KIND);

    assertThat(prepared.take(KIND)).contains(new SandboxPool.Entry(name, "machine of " + name));
    assertThat(prepared.take(KIND)).isEmpty();
    assertThat(prepared.take(name)).isEmpty();
    assertThat(prepared.ready()).isEmpty();
  }

  @Test
  void onlyOneOfItsKindIsTaken() {
    prepare("ffffffffffff");

    assertThat(prepared.take(KIND)).isEmpty();
    assertThat(prepared.count(KIND)).isZero();
    assertThat(prepared.count("ffffffffffff")).isEqualTo(1);
  }

  @Test
  void ofManyWhoTakeAtOnceEachGetsAnother() {
    for (int i = 0; i < 5; i++) {
      prepare(KIND);
    }
    List<CompletableFuture<Optional<SandboxPool.Entry>>> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(CompletableFuture.supplyAsync(() -> prepared.take(KIND)));
    }

    assertThat(attempts.stream().map(CompletableFuture::join).flatMap(Optional::stream))
        .hasSize(5)
        .doesNotHaveDuplicates();
  }

  @Test
  void oneThatIsBeingMadeCountsAndIsNotAbandoned() {
    SandboxName name = SandboxPool.newName(KIND);
    prepared.state().claim(name, SandboxFile.claim("docker", SandboxRecord.of(name, Map.of())));

    assertThat(prepared.count(KIND)).isEqualTo(1);
    assertThat(prepared.ready()).isEmpty();
    assertThat(prepared.abandoned()).isEmpty();
  }

  @Test
  void oneThatWasTakenByAProcessThatDiedIsAbandonedUntilASandboxSaysThatItIsIts() {
    SandboxName name = prepare(KIND);
    prepared.take(name);
    assertThat(prepared.abandoned()).containsExactly(name);

    SandboxName sandbox = new SandboxName("fix");
    sandboxes.claim(sandbox, Map.of("label.dev.dispense.prepared", name.value()));

    assertThat(prepared.abandoned()).isEmpty();
  }

  @Test
  void oneIsNotAbandonedWhileAProcessThatLivesMayHaveTakenIt() {
    SandboxName name = prepare(KIND);
    prepared.take(name);
    SandboxName sandbox = new SandboxName("fix");
    sandboxes.claim(sandbox, SandboxFile.claim("docker", SandboxRecord.of(sandbox, Map.of())));

    assertThat(prepared.abandoned()).isEmpty();
  }

  @Test
  void theirNamesAreReserved() {
    assertThat(SandboxPool.isReserved(SandboxPool.newName(KIND))).isTrue();
    assertThat(SandboxPool.isReserved(new SandboxName("prepared-lunch"))).isFalse();
  }
}
