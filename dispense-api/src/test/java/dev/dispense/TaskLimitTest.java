package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.spi.Gateway;
import dev.dispense.spi.Route;
import dev.dispense.spi.TaskTag;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TaskLimitTest {
  @Test
  void aTaskHasNoneUnlessItIsGivenOne() {
    assertThat(TaskSpec.of("Do it").limit().isNone()).isTrue();
    TaskSpec spec = TaskSpec.builder("Do it").maxRequests(20).maxBytes(1 << 20).build();
    assertThat(spec.limit())
        .isEqualTo(new TaskSpec.Limit(OptionalLong.of(20), OptionalLong.of(1 << 20)));
    assertThat(TaskSpec.builder("Do it").maxBytes(1).build().limit().isNone()).isFalse();
  }

  @Test
  void nothingIsNoLimit() {
    assertThatThrownBy(() -> TaskSpec.builder("Do it").maxRequests(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
    assertThatThrownBy(() -> TaskSpec.builder("Do it").maxBytes(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }

  @Test
  void theRequestsOfATaskAreKnownByTheirPath() {
    Route route = new Route("model", URI.create("http://model.invalid"), Map.of(), List.of("/v1/"));
    Gateway gateway = new Gateway("/run/model.sock", 3129);
    TaskTag pass = new TaskTag("0123456789abcdef");
    assertThat(gateway.forTask(pass).overSocket(route))
        .hasToString("http://localhost/task-0123456789abcdef" + route.path());
    assertThat(gateway.forTask(pass).overLoopback(route))
        .hasToString("http://127.0.0.1:3129/task-0123456789abcdef" + route.path());
    assertThat(gateway.overSocket(route)).hasToString("http://localhost" + route.path());
    assertThat(TaskTag.random()).isNotEqualTo(TaskTag.random());
    assertThatThrownBy(() -> new TaskTag("../../etc")).isInstanceOf(RuntimeException.class);
  }
}
