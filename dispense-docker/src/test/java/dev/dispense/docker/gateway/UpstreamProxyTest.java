package dev.dispense.docker.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.UnavailableException;
import dev.dispense.docker.TestHost;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamProxyTest {
  private static Optional<UpstreamProxy> exit(Map<String, String> environment) {
    return UpstreamProxy.of(
        TestHost.with(environment, Map.of()),
        name -> name.equals("localhost") ? "192.0.2.1" : name);
  }

  private static String squid(Map<String, String> environment) {
    return exit(environment).orElseThrow().squid();
  }

  @Test
  void isDirectUnlessAVariableNamesAProxy() {
    assertThat(exit(Map.of())).isEmpty();
    assertThat(exit(Map.of("HTTPS_PROXY", ""))).isEmpty();
    assertThat(exit(Map.of("HTTPS_PROXY", "http://proxy.example", "NO_PROXY", "*"))).isEmpty();
  }

  @Test
  void tunnelsAndPlainRequestsEachGoWhereTheirVariableSays() {
    assertThat(squid(Map.of("HTTPS_PROXY", "http://a.example:3128", "http_proxy", "b.example")))
        .contains(
            "cache_peer a.example parent 3128 0 no-query no-digest no-netdb-exchange"
                + " name=tunnels\n")
        .contains(
            "cache_peer b.example parent 80 0 no-query no-digest no-netdb-exchange name=plain\n")
        .doesNotContain("always_direct allow CONNECT", "always_direct allow !CONNECT");
    assertThat(squid(Map.of("https_proxy", "http://a.example")))
        .contains("name=tunnels", "always_direct allow !CONNECT")
        .doesNotContain("name=plain");
    assertThat(squid(Map.of("ALL_PROXY", "http://localhost:1")))
        .contains("cache_peer 192.0.2.1 parent 1 ", "name=tunnels", "name=plain");
  }

  @Test
  void aUserAndAPasswordAreOneWordWhateverIsInThem() {
    assertThat(squid(Map.of("HTTPS_PROXY", "http://me:p%40s%20s%25%23+%0a@a.example")))
        .contains(" login=me:p%40s%20s%25%23%2B%0A\n");
    assertThat(squid(Map.of("HTTPS_PROXY", "http://me@a.example"))).contains(" login=me:\n");
    assertThat(exit(Map.of("HTTPS_PROXY", "http://me:secret@a.example")).orElseThrow().toString())
        .doesNotContain("secret");
  }

  @Test
  void exceptionsAreReachedDirectlyAndWhatIsNoneMeansNothing() {
    String squid =
        squid(
            Map.of(
                "HTTPS_PROXY",
                "http://a.example",
                "NO_PROXY",
                "localhost,.One.example *.two.example;x three.example:8443, 10.0.0.0/8 192.0.2.7"
                    + " fe80::/10 [::1] a..b 10.0.0.0/33 300.1.1.1 <local> x\"y z/1"
                    + " \u00e4.example"));
    assertThat(squid.lines().filter(line -> line.matches("acl direct.*")))
        .map(line -> line.replaceFirst("direct[0-9]+", "d"))
        .containsExactly(
            "acl d dstdomain -n .localhost",
            "acl d dstdomain -n .one.example",
            "acl d dstdomain -n .three.example",
            "acl dport port 8443",
            "acl d dst -n 10.0.0.0/8",
            "acl d dst -n 192.0.2.7",
            "acl d dst -n fe80::/10",
            "acl d dst -n ::1",
            "acl d dstdomain -n .300.1.1.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://me:secret@a.example",
        "socks5://me:secret@a.example:1080",
        "http://me:secret@",
        "http://me:secret@a.example:99999",
        "http://a.example secret",
        "http://a.exa\nmple"
      })
  void whatIsNoProxyForSquidIsRefusedWithoutShowingIt(String value) {
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> exit(Map.of("HTTPS_PROXY", value)))
        .withMessageContaining("HTTPS_PROXY")
        .withMessageContaining("with an open network")
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("secret"))
        .withNoCause();
  }
}
