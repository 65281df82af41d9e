package dev.dispense.cli.command;

import dev.dispense.Changes;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.cli.session.IntoOption;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.ChangeSummary;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.Hints;
import dev.dispense.cli.terminal.Printer;
import dev.dispense.cli.terminal.RiskPrinter;
import dev.dispense.cli.terminal.UsageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "fetch",
    description = {
      "Fetches the work of a sandbox into the repository that it came from, as refs: nothing that"
          + " is checked out changes.",
      "To change files: dispense merge, or dispense apply.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense fetch fix-login",
      "  dispense fetch fix-login --branch fix-login",
      "  dispense fetch try-it --export ./result"
    })
public final class FetchCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Option(
      names = "--branch",
      paramLabel = "<name>",
      description = "Also makes this branch of the work, or moves it forward.")
  private @Nullable String branch;

  @Mixin private IntoOption into = new IntoOption();

  @Option(
      names = "--export",
      paramLabel = "<dir>",
      description = "Writes all files of the work into a new or empty directory.")
  private @Nullable Path export;

  @Option(
      names = "--patch",
      paramLabel = "<file>",
      description = "Writes the diff into a new file.")
  private @Nullable Path patch;

  public FetchCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (Stream.of(branch, export, patch).filter(Objects::nonNull).count() > 1) {
      throw new UsageException("Give only one of --branch, --export and --patch.");
    }
    Sandbox found = session.sandbox(sandbox);
    Changes changes = found.changes();
    if (changes.isEmpty()) {
      session.err().line("Nothing has changed in '%s': nothing to fetch.".formatted(sandbox));
      return ExitCode.OK;
    }
    if (export != null) {
      Path directory = session.directory().resolve(export);
      changes.exportTo(directory);
      session.out().line("Wrote all files to %s.".formatted(directory));
    } else if (patch != null) {
      writePatch(changes, session.directory().resolve(patch));
    } else {
      say(changes, fetch(changes, into.directory(session, found)));
    }
    RiskPrinter.print(changes, session.err());
    return ExitCode.OK;
  }

  private Changes.Fetched fetch(Changes changes, Path repository) {
    return branch == null ? changes.fetchInto(repository) : changes.fetchInto(repository, branch);
  }

  private void writePatch(Changes changes, Path file) {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
      changes.writeDiff(out);
    } catch (FileAlreadyExistsException e) {
      throw new UsageException("%s exists already. Choose another file.".formatted(file));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write %s but failed: %s".formatted(file, e.getMessage()), e);
    }
    session.out().line("Wrote %s to %s.".formatted(ChangeSummary.total(changes), file));
  }

  private void say(Changes changes, Changes.Fetched fetched) {
    Printer out = session.out();
    out.line("Fetched %s into %s:".formatted(ChangeSummary.total(changes), fetched.repository()));
    out.line(
        "  %s  %s".formatted(changes.head().value().substring(0, 10), fetched.headRef())
            + "  what the agent committed");
    if (!changes.snapshot().equals(changes.head())) {
      out.line(
          "  %s  %s".formatted(changes.snapshot().value().substring(0, 10), fetched.workRef())
              + "  the same with what it did not commit");
    }
    fetched.branch().ifPresent(made -> out.line("  branch %s".formatted(made)));
    String taken = fetched.branch().orElse(fetched.workRef());
    Hints hints = new Hints(out);
    hints.add("look at it", "git diff", changes.base().value().substring(0, 10), taken);
    hints.add(
        "take it over",
        fetched.branch().isPresent() ? "git merge " + taken : "dispense merge " + sandbox);
  }
}
