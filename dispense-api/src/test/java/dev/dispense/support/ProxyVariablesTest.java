package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyVariablesTest {
  private static final Set<String> SCHEMES = Set.of("http", "socks5");

  private static ProxyVariables with(Map<String, String> variables) {
    return ProxyVariables.of(Environment.in(Path.of("/nowhere")).withVariables(variables));
  }

  private static Optional<ProxyVariables.Proxy> proxy(String value) {
    return with(Map.of("HTTPS_PROXY", value)).tls();
  }

  @Test
  void ofTheVariablesForTlsTheFirstCounts() {
    assertFirstCounts(
        List.of("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
        it -> it.tls().orElseThrow().variable());
  }

  @Test
  void ofTheVariablesForPlainHttpTheOneInLowerCaseCounts() {
    assertFirstCounts(
        List.of("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"),
        it -> it.plain().orElseThrow().variable());
  }

  @Test
  void ofTheVariablesForExceptionsTheFirstCounts() {
    assertFirstCounts(
        List.of("NO_PROXY", "no_proxy"), it -> it.exceptionsAnd("x").replaceFirst(":.*", ""));
  }

  /** Each is set to its own name, as a value that is one in all of them. */
  private static void assertFirstCounts(
      List<String> names, Function<ProxyVariables, String> reader) {
    Map<String, String> variables = new HashMap<>();
    names.forEach(name -> variables.put(name, name + ":1"));
    for (String name : names) {
      assertThat(reader.apply(with(variables))).isEqualTo(name);
      variables.put(name, "");
    }
  }

  @Test
  void aVariableForTheOtherKindSaysNothing() {
    assertThat(with(Map.of("http_proxy", "a", "HTTP_PROXY", "a", "NO_PROXY", "a")).tls()).isEmpty();
    assertThat(with(Map.of("HTTPS_PROXY", "a", "https_proxy", "a")).plain()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "a.example, http://a.example",
    "a.example:3128, http://a.example:3128",
    "' http://me:p%40@a.example:1 ', http://me:p%40@a.example:1",
    "SOCKS5://[::1]:1080, SOCKS5://[::1]:1080"
  })
  void anAddressNeedsNoScheme(String value, String url) {
    assertThat(proxy(value).orElseThrow().url(SCHEMES)).hasToString("Optional[" + url + "]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://a", "http://", "a b", "a:99999", "http://me@", "//a/://b", "a.exa\nmple"})
  void whatIsNoAddressOfAProxyHasNone(String value) {
    assertThat(proxy(value).orElseThrow().url(SCHEMES)).isEmpty();
  }

  @Test
  void theUserAndThePasswordAreDecodedAndNotShown() {
    ProxyVariables.Proxy proxy = proxy("http://me:p%40s+:x@a.example").orElseThrow();
    Optional<ProxyVariables.Login> login =
        ProxyVariables.Login.in(proxy.url(SCHEMES).orElseThrow());
    assertThat(login).contains(new ProxyVariables.Login("me", "p@s+:x"));
    assertThat(proxy + " " + login).isEqualTo("HTTPS_PROXY Optional[***]");
  }

  @Test
  void exceptionsAreListedInOneForm() {
    assertThat(
            with(Map.of("NO_PROXY", " ,.One.example\t*.two,three.:1 *,four. . 10.0.0.0/8"))
                .exceptions())
        .containsExactly("one.example", "two", "three.:1", "*", "four", "10.0.0.0/8");
    assertThat(with(Map.of()).exceptions()).isEmpty();
  }

  @Test
  void anotherExceptionIsAddedToThoseThatAreSet() {
    assertThat(with(Map.of("no_proxy", "a,b")).exceptionsAnd("c")).isEqualTo("a,b,c");
    assertThat(with(Map.of()).exceptionsAnd("c")).isEqualTo("c");
  }

  @Test
  void thoseThatProgramsGoByAreThereAsTheyAreSet() {
    assertThat(
            with(Map.of("HTTP_PROXY", "a", "https_proxy", "b@c", "no_proxy", "", "ALL_PROXY", "d"))
                .asSet())
        .isEqualTo(Map.of("HTTP_PROXY", "a", "https_proxy", "b@c"));
  }
}
