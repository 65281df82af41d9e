package dev.dispense.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxSpec;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Gateways;
import dev.dispense.spi.Route;
import dev.dispense.spi.SandboxProvider;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteSettingsTest {
  @TempDir private Path temporary;

  private final Map<String, String> environment = new HashMap<>(Map.of("TOKEN", "t0ken"));
  private final Map<String, String> settings = new HashMap<>();
  private final List<String> notices = new ArrayList<>();
  private Optional<Gateway> gateway = Optional.of(new Gateway("/run/gateway/model.sock", 3129));

  private List<Route> routes() {
    Environment host =
        Environment.in(temporary)
            .withVariables(environment)
            .withSettings(settings)
            .withStateDirectory(temporary)
            .withCacheDirectory(temporary)
            .withUserName("ada");
    Gateways gateways = answering(Gateways.class, gateway);
    SandboxProvider provider = answering(SandboxProvider.class, Optional.of(gateways));
    Progress.Listener listener =
        new Progress.Listener() {
          @Override
          public void onProgress(Progress progress) {}

          @Override
          public void onNotice(String notice) {
            notices.add(notice);
          }
        };
    return new RouteSettings(host, provider, listener).routes(NetworkPolicy.NONE);
  }

  /** Answers every question in the same way. */
  private static <T> T answering(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> answer));
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    routes().get(0).headers().forEach((name, value) -> headers.put(name, value.reveal()));
    return headers;
  }

  @Test
  void thereAreNoneUnlessTheUserSaysSo() {
    settings.put("network", "allow");
    environment.put("DISPENSE_ROUTE_NPM", "http://127.0.0.1:3129/npm-00000000");
    assertThat(routes()).isEmpty();
    assertThat(notices).isEmpty();
  }

  @Test
  void eachHasAnAddressAndLeadsToAllBelowIt() {
    settings.put("route.npm.url", "https://npm.example.com/private/");
    settings.put("route.npm.header.Authorization", "Bearer env:TOKEN");
    settings.put("route.git.url", "http://git.example.com:8080");
    settings.put("route.git.paths", "/team/, /other.git/");
    assertThat(routes())
        .containsExactly(
            new Route(
                "git",
                URI.create("http://git.example.com:8080"),
                Map.of(),
                List.of("/team/", "/other.git/")),
            new Route(
                "npm",
                URI.create("https://npm.example.com/private/"),
                Map.of("Authorization", Secret.of("Bearer t0ken")),
                List.of("/")));
    assertThat(RouteSettings.variables(routes(), gateway.orElseThrow()))
        .hasEntrySatisfying(
            "DISPENSE_ROUTE_NPM",
            address -> assertThat(address).matches("http://127.0.0.1:3129/npm-[0-9a-f]{8}"))
        .containsOnlyKeys("DISPENSE_ROUTE_GIT", "DISPENSE_ROUTE_NPM");
  }

  @Test
  void variablesAreSettingsTooAndGoFirst() {
    settings.put("route.npm.url", "https://old.example.com");
    settings.put("route.npm.header.X-Token", "env:NOT_SET");
    environment.put("DISPENSE_ROUTE_NPM_URL", "https://new.example.com");
    environment.put("DISPENSE_ROUTE_NPM_HEADER_X_TOKEN", "env:TOKEN");
    environment.put("DISPENSE_ROUTE_NPM_HEADER_PRIVATE_TOKEN", "env:TOKEN");
    assertThat(routes())
        .singleElement()
        .returns(URI.create("https://new.example.com"), Route::upstream);
    assertThat(headers()).isEqualTo(Map.of("X-Token", "t0ken", "private-token", "t0ken"));
  }

  @ParameterizedTest
  @CsvSource({
    "env:TOKEN, t0ken",
    "Bearer env:TOKEN, Bearer t0ken",
    "token  env:TOKEN, token t0ken",
    "Basic env:TOKEN, Basic t0ken",
    "Basic reader env:TOKEN, Basic cmVhZGVyOnQwa2Vu"
  })
  void aHeaderHasAKeyAndWhatBelongsToIt(String setting, String expected) {
    settings.put("route.x.url", "https://x.example.com");
    settings.put("route.x.header.Authorization", setting);
    assertThat(headers()).containsEntry("Authorization", expected);
  }

  @Test
  void aKeyCanBeInAFileThatOnlyTheUserReads() throws IOException {
    Path file =
        Files.createFile(
            temporary.resolve("a key"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "t0ken\n");
    settings.put("route.x.url", "https://x.example.com");
    settings.put("route.x.header.Authorization", "Bearer file:" + file);
    assertThat(headers()).containsEntry("Authorization", "Bearer t0ken");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(this::routes)
        .withMessageContaining("other users can read");
  }

  @ParameterizedTest
  @CsvSource({
    "route.x.url, not a url, 'route.x.url in config.properties cannot be used: write it as'",
    "route.x.url, https://me:secret@x.example.com, without user and password",
    "route.x.url, ftp://x.example.com, not an http or https URL",
    "route.x.url, https://x.example.com/?a=b, a query",
    "route.x.paths, team, The path of a route is not valid: team",
    "route.x.header.A_B, env:TOKEN, The name of a header is not valid: A_B",
    "route.x.header.Authorization, Bearer secret, must say where the key is",
    "route.x.header.Authorization, secret, must say where the key is",
    "route.x.header.Authorization, Bearer me env:TOKEN, only 'Basic'",
    "route.x.header.Authorization, Basic me:secret env:TOKEN, must say where the key is",
    "route.my-npm.url, https://x.example.com, lower-case letters and digits alone",
    "route.y.paths, /a, route.y.url is not set"
  })
  void whatIsNotValidIsRefusedWithoutShowingIt(String setting, String value, String message) {
    settings.put("route.x.url", "https://x.example.com");
    settings.put(setting, value);
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(this::routes)
        .withMessageContaining(message)
        .satisfies(failure -> assertThat(failure.toString()).doesNotContain("secret"));
  }

  @Test
  void aKeyThatIsNotThereIsTold() {
    settings.put("route.x.url", "https://x.example.com");
    settings.put("route.x.header.Authorization", "Bearer env:MISSING");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(this::routes)
        .withMessageContaining("route.x.header.Authorization in config.properties")
        .withMessageContaining("MISSING is not set");
  }

  @Test
  void whereThereIsNoGatewayThatIsToldAndNoKeyIsRead() {
    gateway = Optional.empty();
    settings.put("route.npm.url", "https://x.example.com");
    settings.put("route.npm.header.Authorization", "env:MISSING");
    assertThat(routes()).isEmpty();
    assertThat(notices).singleElement().asString().contains("(npm)", "no gateway");
  }

  @Test
  void noVariableOfTheUserPassesForARoute() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                SandboxSpec.builder("x")
                    .environment("DISPENSE_ROUTE_NPM", "http://evil.example")
                    .build());
  }
}
