package dev.dispense.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.NetworkPolicy;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Mount;
import dev.dispense.support.ProcessId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SandboxRecordTest {
  private static final SandboxName NAME = new SandboxName("fix");

  @Test
  void comesBackFromItsLabels() {
    SandboxRecord record =
        new SandboxRecord(
            NAME,
            "claude",
            Optional.of("opus"),
            "ada",
            Instant.parse("2026-01-02T03:04:05Z"),
            Optional.of(Source.directory(Path.of("/a b")).withBase("v1").withUncommitted()),
            false,
            NetworkPolicy.NONE,
            1234,
            Path.of("/state"),
            Optional.of(new SandboxName("prepared-1")),
            Map.of("branch", "dispense/fix"),
            Optional.of(Duration.ofHours(8)));
    assertThat(SandboxRecord.of(NAME, record.toLabels())).isEqualTo(record);
    assertThat(record.toLabels()).containsEntry("dev.dispense.sandbox", "fix");
  }

  @Test
  void tellsOneThatWaitsToBeTakenFromOneThatWasTaken() {
    SandboxRecord plain = SandboxRecord.of(NAME, Map.of("dev.dispense.home", "/state"));
    Map<String, String> labels =
        Map.of("dev.dispense.home", "/state", "dev.dispense.prepared", "prepared-1");
    SandboxRecord waiting = SandboxRecord.of(new SandboxName("prepared-1"), labels);
    SandboxRecord taken = SandboxRecord.of(NAME, labels);

    assertThat(plain.isPrepared() || plain.isAdopted()).isFalse();
    assertThat(plain.directory()).isEqualTo(Path.of("/state/sandboxes/fix"));
    assertThat(waiting.isPrepared()).isTrue();
    assertThat(taken.isPrepared()).isFalse();
    assertThat(taken.isAdopted()).isTrue();
    assertThat(waiting.directory())
        .isEqualTo(taken.directory())
        .isEqualTo(Path.of("/state/prepared/prepared-1"));
  }

  @Test
  void isReadableWithoutAnyLabel() {
    SandboxRecord record = SandboxRecord.of(NAME, Map.of());
    assertThat(record.source()).isEmpty();
    assertThat(record.created()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void isReadableWithLabelsThatMakeNoSense() {
    SandboxRecord record =
        SandboxRecord.of(
            NAME, Map.of("dev.dispense.created", "yesterday", "dev.dispense.uid", "-1"));
    assertThat(record.created()).isEqualTo(Instant.EPOCH);
    assertThat(record.uid()).isEqualTo(1000);
  }

  @Test
  void remembersHowToMakeTheMachineAgain() {
    MachineSpec spec =
        MachineSpec.builder(NAME)
            .image("image")
            .labels(Map.of("dev.dispense.agent", "claude"))
            .environment(Map.of("TOKEN", "x"))
            .mounts(List.of(new Mount(Path.of("/a:b=c\nd"), "/workspace", true)))
            .network(NetworkPolicy.OPEN)
            .routes(true)
            .user(12, 34)
            .build();
    MachineSpec rescue =
        new SandboxFile(SandboxFile.created("docker", spec)).rescueSpec(NAME).orElseThrow();
    assertThat(rescue.mounts()).isEqualTo(spec.mounts());
    assertThat(rescue.labels()).containsAllEntriesOf(spec.labels());
    assertThat(rescue.labels())
        .containsEntry(SandboxRecord.RESCUER, ProcessId.current().toString());
    assertThat(rescue.uid()).isEqualTo(12);
    assertThat(rescue.gid()).isEqualTo(34);
    assertThat(rescue.network()).isEqualTo(NetworkPolicy.NONE);
    assertThat(rescue.environment()).isEmpty();
  }

  @Test
  void knowsItsCreatorByMoreThanItsProcessId() {
    Map<String, String> values =
        new HashMap<>(SandboxFile.claim("docker", SandboxRecord.of(NAME, Map.of())));
    assertThat(new SandboxFile(values).isCreatorAlive()).isTrue();
    values.put("creator", new ProcessId(ProcessId.current().pid(), 978307200000L).toString());
    assertThat(new SandboxFile(values).isCreatorAlive()).isFalse();
    assertThat(new SandboxFile(Map.of("creator", "x")).isCreatorAlive()).isFalse();
  }

  @Test
  void saysInItsFileHowFarASandboxHasCome() {
    SandboxFile claimed =
        new SandboxFile(SandboxFile.claim("docker", SandboxRecord.of(NAME, Map.of())));
    assertThat(claimed.isUnfinished()).isTrue();
    SandboxFile abandoned = new SandboxFile(claimed.abandoned());
    assertThat(abandoned.isUnfinished()).isTrue();
    assertThat(abandoned.isCreatorAlive()).isFalse();
    assertThat(abandoned.isBeingRemoved()).isFalse();
    assertThat(new SandboxFile(claimed.removing()).isBeingRemoved()).isTrue();
  }
}
