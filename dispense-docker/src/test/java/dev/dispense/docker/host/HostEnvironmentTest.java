package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostEnvironmentTest {
  @TempDir Path home;

  private HostEnvironment with(Map<String, String> environment) {
    return new HostEnvironment(
        Environment.in(home)
            .withVariables(environment)
            .withStateDirectory(home)
            .withCacheDirectory(home)
            .withUserName("ann"));
  }

  @Test
  void proxiesPassInBothCasesUnlessTheyHaveAPassword() {
    HostEnvironment environment =
        with(
            Map.of(
                "HTTP_PROXY", "http://proxy:3128",
                "https_proxy", "http://ann:secret@proxy:3128",
                "no_proxy", "localhost"));

    assertThat(environment.proxies())
        .isEqualTo(Map.of("HTTP_PROXY", "http://proxy:3128", "no_proxy", "localhost"));
    assertThat(environment.notices())
        .singleElement()
        .asString()
        .startsWith("https_proxy was not passed")
        .doesNotContain("secret");
  }

  @Test
  void theNpmRegistryComesWithoutItsTokens() throws IOException {
    Files.writeString(
        home.resolve(".npmrc"),
        """
        //npm.example/:_authToken=secret
        registry = https://npm.example/
        @x:registry=https://y/
        """);

    assertThat(with(Map.of()).npmRegistry()).contains("https://npm.example/");
    assertThat(with(Map.of("npm_config_registry", "https://other/")).npmRegistry())
        .contains("https://other/");
    assertThat(with(Map.of("npm_config_registry", "https://a:b@other/")).npmRegistry()).isEmpty();
  }
}
