package dev.dispense.cli.session;

import dev.dispense.TaskSpec;
import dev.dispense.cli.terminal.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how much a task may ask of its model. */
public final class LimitOptions {
  @Option(
      names = "--max-requests",
      paramLabel = "<n>",
      description = "The most requests to the model that the task may make; default no limit.")
  private @Nullable Long requests;

  @Option(
      names = "--max-bytes",
      paramLabel = "<size>",
      converter = MemorySize.class,
      description =
          "The most that it may send to the model and receive, such as 50m; default no limit.")
  private @Nullable Long bytes;

  /** Returns whether there is any. */
  public boolean isGiven() {
    return requests != null || bytes != null;
  }

  public void addTo(TaskSpec.Builder spec) {
    if (requests != null) {
      spec.maxRequests(requests);
    }
    if (bytes != null) {
      spec.maxBytes(bytes);
    }
  }
}
