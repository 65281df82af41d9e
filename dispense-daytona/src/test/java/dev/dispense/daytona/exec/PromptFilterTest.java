package dev.dispense.daytona.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PromptFilterTest {
  private static final String SHOWN = "$ exec sh script\r\nBegBegin-1the Begin-1 rest";

  @Test
  void whatComesBeforeTheWordIsHeldBackHoweverItIsCut() {
    byte[] bytes = SHOWN.getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      PromptFilter greeting = new PromptFilter("Begin-1");
      String passed =
          pass(greeting, SHOWN.substring(0, cut)) + pass(greeting, SHOWN.substring(cut));

      assertThat(passed).isEqualTo("the Begin-1 rest");
    }
  }

  private static String pass(PromptFilter greeting, String text) {
    return new String(greeting.pass(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }
}
