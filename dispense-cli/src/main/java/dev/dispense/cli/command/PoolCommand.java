package dev.dispense.cli.command;

import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.cli.session.PoolRefill;
import dev.dispense.cli.session.SandboxOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.ProgressLine;
import dev.dispense.cli.terminal.UsageException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "pool",
    description = {
      "Prepares sandboxes of the current directory, so that 'dispense new' there takes one instead"
          + " of making one. They use memory and disk until they are taken or cleared.",
      "With the setting pool.size, each 'dispense new' sees to it by itself, in the background.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense pool --size 2",
      "  dispense pool --size 1 --memory 8g      (fits 'dispense new --memory 8g')",
      "  dispense pool --clear"
    })
public final class PoolCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--size",
      paramLabel = "<number>",
      description = "How many are to be ready, 0 to 100; default the setting pool.size, or else 1.")
  private @Nullable Integer size;

  @Option(
      names = "--clear",
      description = "Removes all that are ready, of all directories, instead.")
  private boolean clear;

  @Mixin private final SandboxOptions options = new SandboxOptions();

  public PoolCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (clear) {
      int removed = session.dispense().clearPool();
      session.out().line("Removed %s.".formatted(count(removed)));
      return ExitCode.OK;
    }
    int wanted = size == null ? Math.max(1, PoolRefill.size(session.host())) : size;
    if (wanted < 0 || wanted > PoolRefill.MAX) {
      throw new UsageException(
          "--size is a number from 0 to %d, not %d.".formatted(PoolRefill.MAX, wanted));
    }
    SandboxSpec.Builder spec =
        SandboxSpec.builder("any").source(Source.directory(session.directory()));
    options.addTo(spec, session.host());
    int made;
    try (ProgressLine progress = session.progress()) {
      made = session.dispense().fillPool(spec.build(), wanted, progress);
    }
    session.out().line("Prepared %s for %s.".formatted(count(made), session.directory()));
    return ExitCode.OK;
  }

  private static String count(int sandboxes) {
    return sandboxes == 1 ? "1 sandbox" : sandboxes + " sandboxes";
  }
}
