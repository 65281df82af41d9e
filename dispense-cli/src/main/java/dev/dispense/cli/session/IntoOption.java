package dev.dispense.cli.session;

import dev.dispense.Sandbox;
import dev.dispense.Source;
import dev.dispense.cli.terminal.UsageException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where work is taken to. */
public final class IntoOption {
  @Option(
      names = "--into",
      paramLabel = "<dir>",
      description = "Where to; default where the sandbox came from.")
  private @Nullable Path into;

  public Path directory(Session session, Sandbox sandbox) {
    if (into != null) {
      if (into.toString().isEmpty()) {
        throw new UsageException("The name of the directory is empty.");
      }
      return session.directory().resolve(into);
    }
    return sandbox
        .info()
        .source()
        .filter(source -> source.type().equals(Source.DIRECTORY))
        .map(source -> Path.of(source.location()))
        .orElseThrow(
            () ->
                new UsageException(
                    "'%s' did not come from a directory. Say where to: --into <dir>"
                        .formatted(sandbox.name())));
  }
}
