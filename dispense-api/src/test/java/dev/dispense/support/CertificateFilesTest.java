package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
  private static final List<String> WHOLE =
      List.of("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE");

  @TempDir Path home;

  private CertificateFiles with(Map<String, String> variables) {
    return CertificateFiles.of(Environment.in(home).withVariables(variables));
  }

  @Test
  void ofTheVariablesThatReplaceTheSystemsTheFirstCounts() throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (String name : WHOLE) {
      variables.put(name, Files.createFile(home.resolve(name)).toString());
    }
    for (String name : WHOLE) {
      assertThat(with(variables).whole()).contains(home.resolve(name));
      Files.delete(home.resolve(name));
    }
    assertThat(with(variables).whole()).isEmpty();
  }

  @Test
  void allAreThereOnceAndTheExtraOneLast() throws IOException {
    String one = Files.createFile(home.resolve("one")).toString();
    String two = Files.createFile(home.resolve("two")).toString();
    CertificateFiles files =
        with(
            Map.of(
                "SSL_CERT_FILE", one,
                "CURL_CA_BUNDLE", one,
                "NODE_EXTRA_CA_CERTS", two));

    assertThat(files.all()).containsExactly(Path.of(one), Path.of(two));
    assertThat(files.extra()).contains(Path.of(two));
  }

  @Test
  void whatIsNoFileIsNotNamed() {
    CertificateFiles files =
        with(
            Map.of(
                "SSL_CERT_FILE",
                home.toString(),
                "CURL_CA_BUNDLE",
                home + "/none",
                "NODE_EXTRA_CA_CERTS",
                "\0"));

    assertThat(files.whole()).isEmpty();
    assertThat(files.extra()).isEmpty();
    assertThat(files.all()).isEmpty();
  }
}
