package dev.dispense.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.TaskInfo;
import dev.dispense.spi.TaskTag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TaskReportTest {
  private static TaskInfo judged(String text) {
    return TaskReport.parse(text).get(0).assess(Optional.empty());
  }

  @Test
  void readsTaskAfterTask() {
    List<TaskReport> reports =
        TaskReport.parse(
            """
            task 1
            agent claude
            title Fix it
            created 1700000000
            started 1700000001
            ended exited 4 1700000009
            error first
            error second

            word {"type":"result"}
            task 2
            agent claude
            title Next
            created 1700000002
            state pending
            """);
    assertThat(reports).hasSize(2);
    TaskReport first = reports.get(0);
    assertThat(first.exitCode()).hasValue(4);
    assertThat(first.errorOutput()).isEqualTo("first\nsecond\n");
    assertThat(first.lastWord()).isEqualTo("{\"type\":\"result\"}");
    assertThat(first.finished()).contains(Instant.ofEpochSecond(1700000009));
    assertThat(reports.get(1).assess(Optional.empty()).state()).isEqualTo(TaskInfo.State.PENDING);
  }

  @Test
  void countsAnUnknownEndAsLostNotAsSuccess() {
    assertThat(judged("task 1\nagent x\n").state()).isEqualTo(TaskInfo.State.LOST);
    assertThat(judged("task 1\nstate what\n").state()).isEqualTo(TaskInfo.State.LOST);
    assertThat(judged("task 1\nended\n").state()).isEqualTo(TaskInfo.State.LOST);
  }

  @Test
  void countsAnUnreadableExitCodeAsFailure() {
    TaskInfo info = judged("task 1\nagent x\nended exited what 1700000000\n");
    assertThat(info.state()).isEqualTo(TaskInfo.State.FAILED);
    assertThat(info.exitCode()).isEmpty();
  }

  @Test
  void givesNoExitCodeForAProcessThatWasKilled() {
    assertThat(judged("task 1\nended cancelled 143 1700000000\n"))
        .extracting(TaskInfo::state, TaskInfo::exitCode)
        .containsExactly(TaskInfo.State.CANCELLED, OptionalInt.empty());
    assertThat(judged("task 1\nended timeout 137 1700000000\n"))
        .extracting(TaskInfo::state, TaskInfo::exitCode)
        .containsExactly(TaskInfo.State.TIMED_OUT, OptionalInt.empty());
  }

  @Test
  void survivesWhatAnAgentWroteIntoItsOwnRecord() {
    assertThat(TaskReport.parse("")).isEmpty();
    assertThat(TaskReport.parse("nonsense\n\0\n")).isEmpty();
    assertThat(TaskReport.parse("task x\ncreated never\nended a b c d\n")).hasSize(1);
  }

  @Test
  void makesTheTitlePrintable() {
    assertThat(judged("task 1\ntitle \u001b]52;c;eA==\u0007evil\n").title()).isEqualTo("evil");
  }

  @Test
  void theReportOfATaskSaysWhatItIsKnownBy() {
    assertThat(TaskReport.parse("task 1\npass 0123456789abcdef\n").get(0).pass())
        .contains(new TaskTag("0123456789abcdef"));
    assertThat(TaskReport.parse("task 1\npass ../../etc\n").get(0).pass())
        .isEqualTo(Optional.empty());
  }
}
