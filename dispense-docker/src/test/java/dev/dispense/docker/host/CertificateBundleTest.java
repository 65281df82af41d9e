package dev.dispense.docker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateBundleTest {
  @TempDir Path home;
  private Path whole;
  private Path extra;
  private Path system;

  @BeforeEach
  void writeFiles() throws IOException {
    whole = Files.writeString(home.resolve("whole"), "whole");
    extra = Files.writeString(home.resolve("extra"), "extra");
    system = Files.writeString(home.resolve("system"), "system");
  }

  private Optional<String> bundle(Map<String, String> environment) {
    Environment host =
        Environment.in(home)
            .withVariables(environment)
            .withStateDirectory(home)
            .withCacheDirectory(home)
            .withUserName("ann");
    return CertificateBundle.of(host, List.of(home.resolve("none"), system))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Test
  void aBundleOfTheUsersIsTakenAsItIs() {
    assertThat(bundle(Map.of("SSL_CERT_FILE", home + "/none", "CURL_CA_BUNDLE", whole.toString())))
        .contains("whole");
  }

  @Test
  void anExtraAuthorityComesOnTopOfTheUsualOnes() {
    assertThat(bundle(Map.of("NODE_EXTRA_CA_CERTS", extra.toString()))).contains("system\nextra");
    assertThat(
            bundle(
                Map.of("SSL_CERT_FILE", whole.toString(), "NODE_EXTRA_CA_CERTS", extra.toString())))
        .contains("whole\nextra");
  }

  @Test
  void oneFileNamedTwiceComesOnce() {
    assertThat(
            bundle(
                Map.of("SSL_CERT_FILE", whole.toString(), "NODE_EXTRA_CA_CERTS", whole.toString())))
        .contains("whole");
  }

  @Test
  void withoutAFileThatCanBeReadThereIsNone() {
    assertThat(bundle(Map.of())).isEmpty();
    assertThat(bundle(Map.of("SSL_CERT_FILE", home.toString()))).isEmpty();
    assertThat(bundle(Map.of("NODE_EXTRA_CA_CERTS", "\0"))).isEmpty();
  }
}
