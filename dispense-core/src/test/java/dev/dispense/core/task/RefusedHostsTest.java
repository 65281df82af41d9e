package dev.dispense.core.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.TaskEvent;
import dev.dispense.TaskInfo;
import dev.dispense.Traffic;
import dev.dispense.UnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RefusedHostsTest {
  private static final Instant START = Instant.ofEpochSecond(1000);
  private static final Instant END = START.plusSeconds(60);

  private final List<TaskEvent> events = new ArrayList<>();

  private static Traffic.HostTraffic host(String name, long refused, Instant last) {
    return new Traffic.HostTraffic(name, 443, 0, refused, 0, 0, last);
  }

  private static TaskInfo task(Optional<Instant> finished) {
    return new TaskInfo(
        1,
        "agent",
        "title",
        TaskInfo.State.RUNNING,
        OptionalInt.empty(),
        "",
        START,
        Optional.of(START),
        finished,
        Optional.empty());
  }

  private void look(Optional<Instant> finished, Traffic.HostTraffic... hosts) {
    Traffic traffic = new Traffic(List.of(hosts), List.of());
    RefusedHosts refused = new RefusedHosts(() -> traffic, () -> task(finished), events::add);
    refused.look(task(finished));
    refused.look(task(finished));
  }

  @Test
  void tellsEachHostOnce() {
    look(Optional.empty(), host("a.example", 3, START), host("b.example", 1, END));
    assertThat(events)
        .containsExactly(
            new TaskEvent.HostRefused("a.example", 443),
            new TaskEvent.HostRefused("b.example", 443));
  }

  @Test
  void leavesOutWhatWasAllowedOrIsNotOfTheTask() {
    look(
        Optional.of(END),
        host("allowed.example", 0, START),
        host("before.example", 1, START.minusMillis(1)),
        host("after.example", 1, END.plusSeconds(2)),
        host("last.example", 1, END.plusMillis(900)));
    assertThat(events).containsExactly(new TaskEvent.HostRefused("last.example", 443));
  }

  @Test
  void whereNothingIsKnownNothingIsTold() {
    RefusedHosts refused =
        new RefusedHosts(
            () -> {
              throw new UnavailableException("nobody knows");
            },
            () -> task(Optional.empty()),
            events::add);
    refused.look(task(Optional.empty()));
    assertThat(events).isEmpty();
  }

  @Test
  void saysHowAHostIsAllowed() {
    assertThat(new TaskEvent.HostRefused("a.example", 443).toAllow()).isEqualTo("a.example");
    assertThat(new TaskEvent.HostRefused("a.example", 8443).toAllow()).isEqualTo("a.example:8443");
  }
}
