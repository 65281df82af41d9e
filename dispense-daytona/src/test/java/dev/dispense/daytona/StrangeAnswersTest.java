package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.ServerAddress;
import dev.dispense.daytona.http.Http;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers is no Daytona, or not all of one. Nothing must be taken for an answer of one. */
@ExtendWith(LeakCheck.class)
class StrangeAnswersTest {
  private static final String NO_DAYTONA = "does not speak as Daytona does";
  private static final String NAME = "made";

  @TempDir Path home;
  private volatile TestService.Answered answer = TestService.Answered.json(200, "");
  private final TestService service = new TestService(asked -> answer);
  private final SandboxProvider provider =
      new DaytonaProvider(
          TestHost.at(Path.of("/nowhere"), Map.of()),
          access("dtn_secret", Optional.empty()),
          duration -> {},
          Duration.ofSeconds(10));

  private Access access(String token, Optional<String> organization) {
    return new Access(
        ServerAddress.of(service.url("/api"), "the test"),
        Secret.of(token),
        organization,
        Optional.empty(),
        "the variable DAYTONA_JWT_TOKEN");
  }

  @AfterEach
  void close() {
    provider.close();
    service.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Welcome</html>",
        "",
        "{}",
        "[]",
        "null",
        "7",
        "{\"status\":\"ok\"}",
        "{\"items\":{\"id\":1},\"nextCursor\":3}",
        "{\"items\":[]"
      })
  void aPageThatIsNotDaytonasIsNotTakenForAnswers(String body) {
    answer = TestService.Answered.json(200, body);

    assertNoDaytona(provider::list);
    assertNoDaytona(() -> provider.find(new SandboxName(NAME)));
    assertNoDaytona(() -> provider.delete("some-id"));
    assertNoDaytona(() -> provider.create(FakeService.spec(NAME), Progress.Listener.NONE));
    assertNoDaytona(
        () ->
            DaytonaLogin.store(
                TestHost.at(home, Map.of("DAYTONA_API_URL", service.url("/api"))),
                Secret.of("dtn_secret")));
    assertThat(home).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>404 Not Found</html>",
        "",
        "{\"message\":\"Cannot GET /sandbox\",\"error\":\"Not Found\",\"statusCode\":404}"
      })
  void anAddressWhereNothingIsFoundIsNotOneWithoutSandboxes(String body) {
    answer = TestService.Answered.json(404, body);

    assertNoDaytona(provider::list);
    assertNoDaytona(() -> provider.find(new SandboxName(NAME)));
    assertNoDaytona(() -> provider.delete("some-id"));
    assertNoDaytona(() -> provider.create(FakeService.spec(NAME), Progress.Listener.NONE));
  }

  private static void assertNoDaytona(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(NO_DAYTONA)
        .hasMessageContaining("https://app.daytona.io/api");
  }

  @Test
  void pagesThatLeadToThemselvesAreNotFollowedForEver() {
    answer = TestService.Answered.json(200, "{\"items\":[],\"nextCursor\":\"again\"}");

    assertNoDaytona(provider::list);
    assertThat(service.calls()).hasSizeLessThan(4);
  }

  @Test
  void anAnswerWithoutAnEndIsCutOff() throws IOException {
    try (Endless endless = Endless.start(0);
        SandboxProvider other = at(endless)) {
      assertNoDaytona(other::list);
    }
  }

  @Test
  void anAnswerThatDripsForEverIsGivenUp() throws IOException {
    try (Endless endless = Endless.start(20);
        Http http = new Http(TestHost.at(home, Map.of()), access("dtn_secret", Optional.empty()))) {
      Request request = new Request.Builder().url(HttpUrl.get(endless.url())).build();
      assertThatThrownBy(() -> http.send(request, Duration.ofMillis(60)))
          .isInstanceOf(IOException.class);
    }
  }

  private SandboxProvider at(Endless endless) {
    Access access =
        new Access(
            ServerAddress.of(endless.url(), "the test"),
            Secret.of("dtn_secret"),
            Optional.empty(),
            Optional.empty(),
            "the test");
    return new DaytonaProvider(
        TestHost.at(home, Map.of()), access, duration -> {}, Duration.ofSeconds(10));
  }

  @Test
  void aLoginThatHasExpiredIsToldAsOne() {
    answer = TestService.Answered.json(401, "{\"message\":\"Invalid credentials\"}");
    try (SandboxProvider other = withLogin()) {
      assertThatThrownBy(other::list)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("access token from the variable DAYTONA_JWT_TOKEN")
          .hasMessageContaining("expired")
          .hasMessageContaining("daytona login");
    }
  }

  @Test
  void anOrganizationThatIsNotTheUsersIsNamed() {
    answer = TestService.Answered.json(403, "{\"message\":\"Forbidden resource\"}");
    try (SandboxProvider other = withLogin()) {
      assertThatThrownBy(other::list)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("organization 'org-9' (DAYTONA_ORGANIZATION_ID)");
    }
  }

  private SandboxProvider withLogin() {
    return new DaytonaProvider(
        TestHost.at(home, Map.of()),
        access("eyJhbGciOiJub25lIn0.e30.x", Optional.of("org-9")),
        duration -> {},
        Duration.ofSeconds(10));
  }

  @Test
  void aRefusalThatConcernsAllIsToldOnce() {
    answer = TestService.Answered.json(401, "{\"message\":\"Invalid credentials\"}");

    assertThatThrownBy(() -> provider.create(FakeService.spec(NAME), Progress.Listener.NONE))
        .isInstanceOf(DispenseException.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isEmpty());
    assertThat(service.calls()).containsExactly("POST /api/sandbox");
  }
}
