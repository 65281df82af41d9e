package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxName;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.spi.Machine;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class ServiceCallsTest {
  private static final String EMPTY = "{\"items\":[],\"nextCursor\":null}";

  @TempDir Path home;
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final TestService service =
      new TestService(asked -> TestService.Answered.json(200, EMPTY));
  private final SandboxProvider provider = provider(service, Optional.empty());

  private SandboxProvider provider(TestService at, Optional<String> organization) {
    Access access =
        new Access(
            ServerAddress.of(at.url("/api"), "the test"),
            Secret.of("dtn_secret"),
            organization,
            Optional.empty(),
            "the variable DAYTONA_API_KEY");
    return new DaytonaProvider(
        TestHost.at(Path.of("/nowhere"), Map.of()), access, pauses::add, Duration.ofSeconds(10));
  }

  @AfterEach
  void close() {
    provider.close();
    service.close();
  }

  @Test
  void everyCallSaysWhoAsks() {
    try (SandboxProvider other = provider(service, Optional.of("org-1"))) {
      assertThat(other.list()).isEmpty();
    }
    TestService.Asked asked = service.asked().get(0);

    assertThat(asked.header("Authorization")).isEqualTo("Bearer dtn_secret");
    assertThat(asked.header("X-daytona-organization-id")).isEqualTo("org-1");
    assertThat(asked.header("X-daytona-source")).isEqualTo("dispense");
    assertThat(asked.header("X-daytona-sdk-version")).isEqualTo("0.190.0");
    assertThat(asked.header("User-agent")).startsWith("dispense/");
    assertThat(asked.query()).isEqualTo("limit=200&labels={\"dev.dispense.provider\":\"daytona\"}");
  }

  @Test
  void aListIsReadPageByPageAndWithoutWhatIsNotMeant() {
    service.answerNext(TestService.Answered.json(200, page("next", "started", 0, 200)));
    service.answerNext(TestService.Answered.json(200, page("", "archived", 200, 203)));
    List<Machine> machines = provider.list();

    assertThat(service.calls()).hasSize(2);
    assertThat(service.asked().get(1).query()).contains("cursor=next");
    assertThat(machines).hasSize(203 - 3);
    assertThat(machines.get(0).name()).isEqualTo(new SandboxName("s0"));
    assertThat(machines.get(0).state()).isEqualTo(SandboxInfo.State.RUNNING);
    assertThat(machines.get(0).labels()).containsOnlyKeys("dev.dispense.sandbox");
    assertThat(machines.get(199).state()).isEqualTo(SandboxInfo.State.STOPPED);
  }

  @Test
  void aListOfFiveHundredTakesThreeCalls() {
    service.answerNext(TestService.Answered.json(200, page("a", "started", 0, 200)));
    service.answerNext(TestService.Answered.json(200, page("b", "started", 200, 400)));
    service.answerNext(TestService.Answered.json(200, page("", "started", 400, 503)));

    assertThat(provider.list()).hasSize(500);
    assertThat(service.calls()).hasSize(3);
  }

  /** Three of all are being deleted, are not ours, or have a name that none of ours has. */
  private static String page(String cursor, String state, int from, int to) {
    String items =
        IntStream.range(from, to)
            .mapToObj(
                i ->
                    """
                    {"id":"id%1$d","name":"%2$s%1$d","state":"%3$s","desiredState":"%4$s",
                    "snapshot":null,"unknown":{"x":[1]},"errorReason":null,
                    "labels":{"dev.dispense.sandbox":"s%1$d"%5$s}}\
                    """
                        .formatted(
                            i,
                            i == 7 ? "DESTROYED_dispense-s" : "dispense-s",
                            state,
                            i == 8 ? "destroyed" : "started",
                            i == 9 ? "" : ",\"dev.dispense.provider\":\"daytona\""))
            .collect(Collectors.joining(","));
    return "{\"items\":[%s],\"nextCursor\":%s}"
        .formatted(items, cursor.isEmpty() ? "null" : "\"" + cursor + "\"");
  }

  @Test
  void statesThatAreNotKnownAreOnesOfTheWay() {
    service.answerNext(TestService.Answered.json(200, page("", "dreaming", 0, 1)));

    assertThat(provider.list().get(0).state()).isEqualTo(SandboxInfo.State.PENDING);
  }

  @Test
  void aLimitIsWaitedForAsItsOwnHeaderSays() {
    service.answerNext(
        TestService.Answered.json(429, "{\"message\":\"ThrottlerException: Too Many Requests\"}")
            .with("Retry-After-authenticated", "37"));
    service.answerNext(
        TestService.Answered.json(429, "{}").with("X-RateLimit-Reset-authenticated", "5"));

    assertThat(provider.list()).isEmpty();
    assertThat(pauses).containsExactly(Duration.ofSeconds(37), Duration.ofSeconds(5));
  }

  @Test
  void aLimitThatHoldsOnIsTold() {
    for (int i = 0; i < 3; i++) {
      service.answerNext(
          TestService.Answered.json(429, "{}").with("Retry-After-authenticated", "60"));
    }

    assertThatThrownBy(provider::list)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Try again in 60 seconds");
  }

  @Test
  void whatGetsNoAnswerIsAskedAgain() {
    service.answerNext(TestService.Answered.json(502, ""));
    service.cutNextAnswerAfter(5);
    service.answerNext(TestService.Answered.json(500, "oops"));

    assertThat(provider.list()).isEmpty();
    assertThat(service.calls()).hasSize(4);
  }

  @Test
  void aKeyThatIsNotAcceptedIsToldAndNotShown() {
    service.answerNext(
        TestService.Answered.json(401, "{\"message\":\"Invalid credentials dtn_secret\"}"));

    assertThatThrownBy(provider::list)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("does not accept the key from the variable DAYTONA_API_KEY")
        .hasMessageContaining("or store it.")
        .hasMessageNotContaining("dtn_secret");
    assertThat(service.calls()).hasSize(1);
  }

  @Test
  void otherRefusalsSayWhatToDo() {
    assertRefusal(403, "Access denied", "permissions");
    assertRefusal(302, "", "DAYTONA_API_URL");
    assertRefusal(200, "<html>hello</html>", "does not speak as Daytona does");
    for (int i = 0; i < 5; i++) {
      service.answerNext(TestService.Answered.json(503, ""));
    }
    assertRefusal(503, "{\"message\":\"Under maintenance\"}", "Under maintenance");
  }

  private void assertRefusal(int status, String body, String words) {
    service.answerNext(TestService.Answered.json(status, body));
    assertThatThrownBy(provider::list)
        .isInstanceOf(UnavailableException.class)
        .hasMessageStartingWith("Tried to list the sandboxes but failed because ")
        .hasMessageContaining(words);
  }

  @Test
  void aServerThatIsNotThereIsTold() {
    service.close();

    assertThatThrownBy(provider::list)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("cannot be reached");
  }

  @Test
  void anInterruptEndsAWait() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(provider::list).isInstanceOf(DispenseException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void onlyTheSandboxOfExactlyThatNameIsFound() {
    String sandbox =
        """
        {"id":"dispense-x","name":"other","state":"started","desiredState":"started",
        "labels":{"dev.dispense.provider":"daytona"}}\
        """;
    service.answerNext(TestService.Answered.json(200, sandbox));
    assertThat(provider.find(new SandboxName("x"))).isEmpty();

    service.answerNext(TestService.Answered.json(200, sandbox));
    provider.delete("other");
    assertThat(service.calls()).doesNotContain("DELETE /api/sandbox/other");
  }
}
