package dev.dispense.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dispense.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
  private static Route route(String upstream, String key, String... paths) {
    return new Route(
        "model", URI.create(upstream), Map.of("X-Api-Key", Secret.of(key)), List.of(paths));
  }

  @Test
  void hasAPathOfItsOwnForEachPlaceAndKey() {
    Route route = route("https://a.example", "one", "/v1");
    assertThat(route.path()).matches("/model-[0-9a-f]{8}").doesNotContain("one");
    assertThat(route("https://a.example", "one", "/v1").path()).isEqualTo(route.path());
    assertThat(
            List.of(
                route("https://b.example", "one", "/v1").path(),
                route("https://a.example", "two", "/v1").path(),
                route("https://a.example", "one", "/v2").path()))
        .doesNotContain(route.path())
        .doesNotHaveDuplicates();
  }

  @Test
  void doesNotShowItsKey() {
    assertThat(route("https://a.example", "hidden", "/v1").toString()).doesNotContain("hidden");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.example",
        "https:/a",
        "https://user:pass@a.example",
        "https://a.example?x",
        "https://a.example#x",
        "https://a.example/x;y",
        "https://a.example/%0a",
        "https://a.example/$x",
        "https://a.example/../x",
        "https://a_b.example"
      })
  void refusesAnAddressThatCannotBePassedOn(String upstream) {
    assertThatIllegalArgumentException().isThrownBy(() -> route(upstream, "k", "/v1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "/v1 {", "/v1;", "/../x", "/v1\n", "/$x", "/\"x"})
  void refusesAPathThatCouldBeMoreThanOne(String path) {
    assertThatIllegalArgumentException().isThrownBy(() -> route("https://a.example", "k", path));
  }

  @Test
  void refusesNamesThatCouldBeMoreThanThat() {
    for (String name : List.of("", "A", "a b", "../a", "a\n", "a".repeat(41))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> new Route(name, URI.create("https://a.example"), Map.of(), List.of("/")));
    }
    for (String header : List.of("", "a b", "a:", "a\n", "ä")) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new Route(
                      "a",
                      URI.create("https://a.example"),
                      Map.of(header, Secret.of("x")),
                      List.of("/")));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Route("a", URI.create("https://a.example"), Map.of(), List.of()));
  }
}
