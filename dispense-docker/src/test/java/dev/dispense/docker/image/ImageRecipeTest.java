package dev.dispense.docker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.RefusedException;
import dev.dispense.spi.Software;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ImageRecipeTest {
  private static final Software AGENT =
      new Software("agent", "1.0", "check", "install", Map.of("A", "1"));

  private static ImageRecipe recipe(String base, int uid, int gid, Software... software) {
    return new ImageRecipe(base, List.of(software), uid, gid, Optional.empty(), false);
  }

  @Test
  void eachInputChangesTheTagAndNothingElseDoes() {
    List<ImageRecipe> different =
        List.of(
            recipe("base", 1, 2, AGENT),
            recipe("other", 1, 2, AGENT),
            recipe("base", 3, 2, AGENT),
            recipe("base", 1, 3, AGENT),
            recipe("base", 1, 2),
            recipe("base", 1, 2, new Software("b", "1.0", "check", "install", Map.of("A", "1"))),
            recipe("base", 1, 2, new Software("agent", "2", "check", "install", Map.of("A", "1"))),
            recipe("base", 1, 2, new Software("agent", "1.0", "c", "install", Map.of("A", "1"))),
            recipe("base", 1, 2, new Software("agent", "1.0", "check", "i", Map.of("A", "1"))),
            recipe("base", 1, 2, new Software("agent", "1.0", "check", "install", Map.of())));
    Stream<String> tags = different.stream().map(ImageRecipe::tag);

    assertThat(tags)
        .doesNotHaveDuplicates()
        .allMatch(tag -> tag.matches("dispense/agent:[0-9a-f]{32}"));
    assertThat(recipe("base", 1, 2, AGENT).tag()).isEqualTo(different.get(0).tag());
  }

  @Test
  void noValueIsReadByAShell() {
    Software odd =
        new Software("odd", "1", "c", "i", Map.of("VALUE", "it's \"$(id)\" \\ `x`\nRUN evil"));
    ImageRecipe recipe =
        new ImageRecipe("base", List.of(odd), 1, 1, Optional.of("http://npm.example/"), true);

    assertThat(recipe.dockerfile().lines().filter(line -> line.contains("odd.sh")))
        .containsExactly(
            "RUN [\"env\",\"CURL_CA_BUNDLE=/dispense-build/ca-certificates.crt\","
                + "\"DISPENSE_SOFTWARE=/opt/dispense/odd\","
                + "\"GIT_SSL_CAINFO=/dispense-build/ca-certificates.crt\","
                + "\"NODE_EXTRA_CA_CERTS=/dispense-build/ca-certificates.crt\","
                + "\"SSL_CERT_FILE=/dispense-build/ca-certificates.crt\","
                + "\"VALUE=it's \\\"$(id)\\\" \\\\ `x`\\nRUN evil\","
                + "\"npm_config_registry=http://npm.example/\",\"sh\",\"/dispense-build/odd.sh\"]");
    assertThat(recipe.dockerfile()).doesNotContain("# INSTALL").doesNotContain("\nRUN evil");
  }

  @Test
  void anIdThatIsNoFileNameIsRefused() {
    assertThatThrownBy(() -> recipe("base", 1, 1, new Software("../x", "1", "c", "i", Map.of())))
        .isInstanceOf(RefusedException.class);
  }
}
