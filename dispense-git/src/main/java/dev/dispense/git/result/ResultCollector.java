package dev.dispense.git.result;

import dev.dispense.Command;
import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.git.repository.ByteLimit;
import dev.dispense.git.repository.Deletion;
import dev.dispense.git.repository.Labels;
import dev.dispense.git.repository.ObjectStores;
import dev.dispense.git.repository.SandboxFiles;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.spi.SourceProvider.SandboxShell;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.BoundedOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Streams the work out of a sandbox into a file. */
public final class ResultCollector {
  private static final long DEFAULT_LIMIT = 4L << 30;
  private static final String LIMIT_SETTING = "git.max-result-bytes";

  // Exit codes of result.sh.
  private static final int NO_GIT = 90;
  private static final int NO_PLACE = 91;
  private static final int DAMAGED = 92;

  private final Workspace workspace;
  private final Labels labels;
  private final Quarantine quarantine;
  private final SandboxFiles files;

  public ResultCollector(Workspace workspace, Labels labels, Quarantine quarantine) {
    this.workspace = workspace;
    this.labels = labels;
    this.quarantine = quarantine;
    this.files = new SandboxFiles(workspace.name(), workspace.directory(), workspace.layout());
  }

  /** Returns the result, checked and taken into the quarantine. */
  public Result collect(SandboxShell shell) {
    Path draft = files.newResult();
    workspace.host().step("result begun");
    try {
      Result streamed = stream(shell, draft);
      workspace.host().step("result streamed");
      Result result = quarantine.admit(streamed);
      workspace.host().step("result admitted");
      return result.bundle().isEmpty() ? result : keep(result);
    } finally {
      Deletion.of(draft);
    }
  }

  private Result stream(SandboxShell shell, Path draft) {
    long limit = ByteLimit.of(workspace.host(), LIMIT_SETTING, DEFAULT_LIMIT);
    BoundedOutput errors = BoundedOutput.cutAt(4 << 10);
    int exitCode;
    ResultStream output;
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(draft))) {
      output = new ResultStream(file, limit);
      try {
        exitCode = shell.exec(command(), Streams.of(output, errors));
      } catch (RuntimeException e) {
        if (output.isOverLimit()) {
          throw new RefusedException(
              "Refused the result of the sandbox: it is larger than "
                  + limit
                  + " bytes. Raise the setting "
                  + LIMIT_SETTING
                  + ", or delete in the sandbox what is not needed.",
              e);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write " + draft + " but failed because " + DispenseException.reason(e) + ".",
          e);
    }
    if (exitCode == NO_PLACE || exitCode == DAMAGED) {
      askWhereTheWorkspaceIs(shell);
    }
    if (exitCode != 0) {
      throw failure(exitCode, PrintableText.printable(errors.text(StandardCharsets.UTF_8), 1000));
    }
    CommitId head = output.head();
    CommitId work = output.work();
    String format = quarantine.origin().objectFormat();
    Optional<Bundle> bundle =
        output.hasBundle() ? Optional.of(Bundle.read(draft, format)) : Optional.empty();
    return new Result(labels.base(), head, work, bundle, Optional.empty());
  }

  // What is missing may have been moved by hand on this machine. The provider knows, and throws,
  // when a program is to start there.
  private static void askWhereTheWorkspaceIs(SandboxShell shell) {
    int unused =
        shell.exec(
            Command.of("true"),
            Streams.of(OutputStream.nullOutputStream(), OutputStream.nullOutputStream()));
  }

  // Named by what is in it, so that asking again for work that stayed the same takes no more room.
  private Result keep(Result result) {
    Bundle bundle = result.bundle().orElseThrow();
    Path target =
        bundle.file().resolveSibling(result.head() + "-" + result.work().abbreviated() + ".bundle");
    try {
      Files.move(bundle.file(), target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to write " + target + " but failed because " + DispenseException.reason(e) + ".",
          e);
    }
    Bundle kept = new Bundle(target, bundle.packOffset(), bundle.refs(), bundle.prerequisites());
    return new Result(
        result.base(), result.head(), result.work(), Optional.of(kept), result.pack());
  }

  private Command command() {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script(), "result.sh"));
    argv.add(files.gitInside());
    argv.add(files.layout().workspace());
    argv.add(files.layout().dispense());
    argv.add(labels.base().value());
    argv.add(labels.branch());
    List<String> stores = new ArrayList<>(List.of(files.gitInside() + "/objects"));
    if (labels.delivery() == Delivery.MOUNT) {
      stores.addAll(ObjectStores.of(quarantine.origin().objects(), files.layout()).paths());
    }
    argv.add(ObjectStores.alternates(stores));
    // No program starts in a workspace that somebody removed; the script goes there by itself.
    return Command.of(argv).in("/");
  }

  private static String script() {
    try (InputStream in = ResultCollector.class.getResourceAsStream("result.sh")) {
      if (in == null) {
        throw new IllegalStateException("result.sh is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read result.sh but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  private static DispenseException failure(int exitCode, String said) {
    String tried = "Tried to get the work out of the sandbox but failed because ";
    return switch (exitCode) {
      case NO_GIT, 126, 127 ->
          new UnavailableException(tried + said + ". Use an image that has git and a shell.");
      case NO_PLACE -> new UnavailableException(tried + said + ".");
      case DAMAGED ->
          new UnavailableException(
              tried + said + ". Copy the files that are wanted out of the sandbox.");
      default ->
          new DispenseException(tried + "its end was exit code " + exitCode + ": " + said + ".");
    };
  }
}
