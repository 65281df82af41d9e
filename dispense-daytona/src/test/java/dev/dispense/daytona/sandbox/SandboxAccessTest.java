package dev.dispense.daytona.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.PreviewUrl;
import dev.dispense.RefusedException;
import dev.dispense.SshAccess;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.DaytonaProviderFactory;
import dev.dispense.daytona.TestHost;
import dev.dispense.daytona.TestService;
import dev.dispense.spi.SandboxProvider;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxAccessTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path home;
  private String command = "ssh -p 2222 tok-1@ssh.example.org";
  private String state = "started";
  private TestService service;
  private SandboxProvider provider;

  @BeforeEach
  void start() {
    service = new TestService(this::answer);
    provider =
        new DaytonaProviderFactory()
            .open(
                TestHost.at(
                    home,
                    Map.of("DAYTONA_API_KEY", "dtn_key", "DAYTONA_API_URL", service.url("/api"))));
  }

  @AfterEach
  void stop() {
    provider.close();
    service.close();
  }

  private TestService.Answered answer(TestService.Asked asked) {
    return TestService.Answered.json(200, body(asked.path()));
  }

  private String body(String path) {
    if (path.endsWith("/ssh-access")) {
      return """
      {"token": "tok-1", "expiresAt": "2026-11-25T13:00:00.000Z", "sshCommand": "%s"}
      """
          .formatted(command);
    }
    if (path.endsWith("/signed-preview-url")) {
      return "{\"token\": \"t\", \"url\": \"https://3000-t.proxy.example.org\"}";
    }
    if (path.endsWith("/preview-url")) {
      return "{\"token\": \"p\", \"url\": \"https://3000-id-1.proxy.example.org\"}";
    }
    return """
    {"id": "id-1", "name": "dispense-box", "state": "%s", "desiredState": "started",
     "labels": {"dev.dispense.provider": "daytona"}, "toolboxProxyUrl": "%s"}
    """
        .formatted(state, service.url("/toolbox"));
  }

  @Test
  void tellsHostAndPortAsTheServiceDoes() {
    SshAccess access = provider.ssh("id-1", Duration.ofSeconds(61));

    assertThat(access.host()).isEqualTo("ssh.example.org");
    assertThat(access.port()).isEqualTo(2222);
    assertThat(access.user().reveal()).isEqualTo("tok-1");
    assertThat(access.expires()).isEqualTo(Instant.parse("2026-11-25T13:00:00Z"));
    assertThat(service.asked().get(service.asked().size() - 1).query())
        .isEqualTo("expiresInMinutes=2");
  }

  @Test
  void knowsTheUsualPort() {
    command = "ssh tok-1@ssh.app.daytona.io";

    assertThat(provider.ssh("id-1", HOUR).port()).isEqualTo(22);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ssh other@host",
        "ssh -o ProxyCommand=id tok-1@host",
        "ssh -p 99999 tok-1@host",
        "ssh tok-1@-oProxyCommand=id",
        "ssh tok-1@host; id"
      })
  void believesNoCommandThatSaysMore(String text) {
    command = text;

    assertThatThrownBy(() -> provider.ssh("id-1", HOUR))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("does not speak as Daytona does")
        .hasMessageNotContaining("tok-1");
  }

  @Test
  void isNotGivenToWhatIsStopped() {
    state = "stopped";

    assertThatThrownBy(() -> provider.ssh("id-1", HOUR))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Start it first");
    assertThat(service.calls()).doesNotContain("POST /api/sandbox/id-1/ssh-access");
  }

  @Test
  void givesAnAddressThatEnds() {
    PreviewUrl preview = provider.preview("id-1", 3000, PreviewUrl.Access.SIGNED, HOUR);

    assertThat(preview.url()).isEqualTo(URI.create("https://3000-t.proxy.example.org"));
    assertThat(preview.expires()).contains(Instant.parse("2026-11-25T13:00:00Z"));
    assertThat(preview.token()).isEmpty();
  }

  @Test
  void givesAnAddressThatWantsAToken() {
    PreviewUrl preview = provider.preview("id-1", 3000, PreviewUrl.Access.PRIVATE, HOUR);

    assertThat(preview.token().orElseThrow().reveal()).isEqualTo("p");
    assertThat(preview.header()).contains("X-Daytona-Preview-Token");
    assertThat(preview.expires()).isEmpty();
    assertThat(preview.toString()).doesNotContain("token=Optional[p]");
    assertThat(service.calls()).doesNotContain("POST /api/sandbox/id-1/public/true");
  }

  @Test
  void makesPublicOnlyWhatIsToBe() {
    PreviewUrl preview = provider.preview("id-1", 3000, PreviewUrl.Access.PUBLIC, HOUR);

    assertThat(preview.token()).isEmpty();
    assertThat(service.calls()).contains("POST /api/sandbox/id-1/public/true");
  }

  @ParameterizedTest
  @ValueSource(ints = {2280, 22222, 33333})
  void keepsTheServicesOwnPorts(int port) {
    assertThatThrownBy(() -> provider.preview("id-1", port, PreviewUrl.Access.PUBLIC, HOUR))
        .isInstanceOf(RefusedException.class);
    assertThat(service.calls()).isEmpty();
  }

  @Test
  void refusesLifetimesThatTheServiceHasNot() {
    assertThatThrownBy(
            () -> provider.preview("id-1", 80, PreviewUrl.Access.SIGNED, Duration.ofHours(25)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("at most 24 hours");
    assertThatThrownBy(() -> provider.ssh("id-1", Duration.ZERO))
        .isInstanceOf(RefusedException.class);
  }
}
