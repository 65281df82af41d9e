package dev.dispense.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelRequestTest {
  @Test
  void findsThePromptBehindRemindersAndBeforeToolResults() {
    ModelRequest request =
        request(
            """
            {"messages":[
              {"role":"user","content":[
                {"type":"text","text":"<system-reminder>\\nBe good."},
                {"type":"text","text":"Fix it"}]},
              {"role":"system","content":[{"type":"text","text":"# Environment"}]},
              {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"Bash"}]},
              {"role":"user","content":[
                {"type":"tool_result","tool_use_id":"t1","content":"one"},
                {"type":"text","text":"<system-reminder>Go on."}]},
              {"role":"user","content":[
                {"type":"tool_result","content":[{"type":"text","text":"two"}]}]}]}
            """);

    assertThat(request.prompt()).isEqualTo("Fix it");
    assertThat(request.toolResults()).containsExactly("one", "two");
  }

  @Test
  void countsToolResultsFromTheNewestPrompt() {
    ModelRequest request =
        request(
            """
            {"messages":[
              {"role":"user","content":"first"},
              {"role":"user","content":[{"type":"tool_result","content":"one"}]},
              {"role":"assistant","content":"done"},
              {"role":"user","content":"second"}]}
            """);

    assertThat(request.prompt()).isEqualTo("second");
    assertThat(request.toolResults()).isEmpty();
  }

  @Test
  void readsWhatIsNoJsonAsEmpty() {
    ModelRequest request = request("{");

    assertThat(request.prompt()).isEmpty();
    assertThat(request.model()).isEmpty();
    assertThat(request.tools()).isEmpty();
    assertThat(request.toolResults()).isEmpty();
    assertThat(request.stream()).isFalse();
  }

  private static ModelRequest request(String body) {
    return new ModelRequest("/v1/messages", Map.of(), body);
  }
}
