package dev.dispense.daytona.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.UnavailableException;
import dev.dispense.daytona.TestHost;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {
  private static Optional<EnvironmentProxy> proxy(Map<String, String> environment) {
    return EnvironmentProxy.of(TestHost.at(Path.of("/nowhere"), environment));
  }

  @Test
  void withoutAVariableThereIsNone() {
    assertThat(proxy(Map.of("NO_PROXY", "*", "HTTPS_PROXY", "", "HTTP_PROXY", "http://x")))
        .isEmpty();
  }

  @Test
  void theFirstVariableCounts() {
    assertThat(proxy(Map.of("https_proxy", "one:1", "ALL_PROXY", "two:2")))
        .hasToString("Optional[the proxy one:1 (from https_proxy)]");
    assertThat(proxy(Map.of("all_proxy", "socks5h://two")))
        .hasToString("Optional[the proxy two (from all_proxy)]");
  }

  @ParameterizedTest
  @CsvSource({
    "'example.org', api.example.org, false",
    "'.example.org', example.org, false",
    "'*.example.org', api.example.org, false",
    "'ample.org', example.org, true",
    "'example.org:443', example.org, false",
    "'example.org:444', example.org, true",
    "'other, EXAMPLE.org', Example.ORG, false",
    "'*', example.org, false",
    "'', example.org, true",
    "'', localhost, false",
    "'', 127.0.0.1, false",
    "'10.0.0.1', 10.0.0.1, false",
    "'10.0.0.0/8', 10.20.30.40, false",
    "'10.0.0.0/8', 11.20.30.40, true",
    "'10.0.0.0/33', 10.0.0.0, true"
  })
  void exceptionsAreReachedWithoutIt(String exceptions, String host, boolean isUsed) {
    EnvironmentProxy proxy =
        proxy(Map.of("HTTPS_PROXY", "http://proxy:3128", "NO_PROXY", exceptions)).orElseThrow();

    assertThat(proxy.isFor(host, 443)).isEqualTo(isUsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://u:secret@x", "http://", "secret proxy", "ftp://secret:1", "x:99999"})
  void whatIsNoProxyIsRefusedWithoutWhatIsInIt(String value) {
    assertThatThrownBy(() -> proxy(Map.of("HTTPS_PROXY", value)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("HTTPS_PROXY")
        .hasMessageNotContaining("secret");
  }
}
