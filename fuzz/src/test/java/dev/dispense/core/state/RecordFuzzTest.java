package dev.dispense.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.TaskInfo;
import dev.dispense.core.io.LineOutput;
import dev.dispense.core.task.TaskReport;
import dev.dispense.support.FileTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is recorded of sandboxes and tasks, half-written or written by somebody else. */
class RecordFuzzTest {
  private static final SandboxName NAME = new SandboxName("some");

  @FuzzTest
  void theReportOfTheSupervisorIsReadWhateverItIs(byte[] report) {
    for (TaskReport task : TaskReport.parse(new String(report, StandardCharsets.UTF_8))) {
      TaskInfo info = task.assess(Optional.empty());
      assertThat(info.title().codePoints().filter(Character::isISOControl)).isEmpty();
      assertThat(info.state() == TaskInfo.State.SUCCEEDED)
          .isEqualTo(task.phase().equals("exited") && task.exitCode().orElse(-1) == 0);
    }
  }

  @FuzzTest
  void aFileOfASandboxIsReadOrReported(byte[] file) throws IOException {
    Path root = Files.createTempDirectory("dispense-fuzz");
    try {
      Path directory = Files.createDirectories(root.resolve("sandboxes/some"));
      Files.write(directory.resolve("sandbox.properties"), file);
      SandboxFile read = new SandboxFile(new StateDirectory(root).read(NAME).orElseThrow());
      read.isCreatorAlive();
      SandboxRecord.of(NAME, read.labels());
      read.rescueSpec(NAME);
    } catch (DispenseException e) {
      assertThat(e).hasMessageStartingWith("Tried to ");
    } finally {
      FileTree.delete(root);
    }
  }

  @FuzzTest
  void labelsOfAnyContentAreListed(byte[] labels) {
    Map<String, String> map = new HashMap<>();
    for (String line : new String(labels, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] parts = line.split("=", 2);
      map.put("dev.dispense." + parts[0], parts.length < 2 ? "" : parts[1]);
    }
    SandboxRecord record = SandboxRecord.of(NAME, map);
    assertThat(SandboxRecord.of(NAME, record.toLabels())).isEqualTo(record);
  }

  @FuzzTest
  void linesAreTheSameInWhateverPiecesTheyCome(byte[] output) {
    List<String> whole = new ArrayList<>();
    List<String> pieces = new ArrayList<>();
    LineOutput atOnce = new LineOutput((line, omitted) -> whole.add(line + omitted), 10);
    LineOutput byByte = new LineOutput((line, omitted) -> pieces.add(line + omitted), 10);
    atOnce.write(output, 0, output.length);
    atOnce.finish();
    for (byte b : output) {
      byByte.write(b);
    }
    byByte.finish();
    assertThat(pieces).isEqualTo(whole);
  }
}
