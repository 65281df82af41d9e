package dev.dispense.docker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Dispense;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerSummaryTest {
  private static final String LIST =
      """
      [{"Id": "1a", "Names": ["/dispense-box", "/other/alias"], "Image": "debian", "Created": 1,
        "State": "running", "Ports": [{"Type": "tcp"}], "HostConfig": {"NetworkMode": "none"},
        "Labels": {"dev.dispense.sandbox": "box", "dev.dispense.agent": "cl\\u00e4ude"}},
       {"Id": "2b", "Names": null, "Labels": null, "State": "exited"}]
      """;

  private static List<ContainerSummary> read(String json) throws IOException {
    return ContainerSummary.readAll(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatTheEngineListsIsReadAndTheRestPassedOver() throws IOException {
    assertThat(read(LIST))
        .containsExactly(
            new ContainerSummary(
                "1a",
                List.of("/dispense-box", "/other/alias"),
                "debian",
                "running",
                Map.of("dev.dispense.sandbox", "box", "dev.dispense.agent", "cl\u00e4ude")),
            new ContainerSummary("2b", List.of(), "", "exited", Map.of()));
    assertThat(read("[]")).isEmpty();
  }

  @Test
  void aListThatIsCutOffAnywhereIsNotTakenForAShorterOne() {
    String list = LIST.strip();
    for (int length = 0; length < list.length(); length++) {
      String cut = list.substring(0, length);
      assertThatThrownBy(() -> read(cut)).as(cut).isInstanceOf(IOException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "[1]", "OK", "[{\"Id\": \"x\"} 1]"})
  void anAnswerOfAnotherFormIsRefused(String answer) {
    assertThatThrownBy(() -> read(answer)).isInstanceOf(IOException.class);
  }

  @Test
  void theProviderIsFoundOnTheClassPathUnlessItIsLeftOut() {
    try (Dispense found = Dispense.create();
        Dispense without = Dispense.builder().withoutClassPath().build()) {
      assertThat(found.providers()).contains("docker");
      assertThat(without.providers()).isEmpty();
    }
  }
}
