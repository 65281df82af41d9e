package dev.dispense.cli;

import dev.dispense.testkit.model.DemoScript;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelRequest;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * The demonstration, but its second reply waits.
 *
 * @param go what it waits for
 */
record HeldBack(CountDownLatch go) implements Function<ModelRequest, ModelReply> {
  @Override
  public ModelReply apply(ModelRequest request) {
    try {
      if (!request.toolResults().isEmpty()) {
        go.await();
      }
      return new DemoScript().apply(request);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
