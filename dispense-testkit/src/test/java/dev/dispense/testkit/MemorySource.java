package dev.dispense.testkit;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.CommitId;
import dev.dispense.Progress;
import dev.dispense.Risk;
import dev.dispense.spi.SourceProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** A source with one file, whose steps can be made to fail, and which remembers what is out. */
final class MemorySource implements SourceProvider {
  private static final CommitId BASE = new CommitId("0".repeat(40));

  int checkedOut;
  List<String> programs = List.of();
  Runnable onCheckout = () -> {};
  Runnable onRemove = () -> {};
  Supplier<Optional<String>> keep = Optional::empty;
  Command setup = Command.of("test", "-e", "file");

  @Override
  public Set<String> ids() {
    return Set.of("memory");
  }

  @Override
  public List<String> programs() {
    return programs;
  }

  @Override
  public Checkout checkout(Request request, Progress.Listener progress) {
    onCheckout.run();
    try {
      Path upload = Files.createDirectory(request.directory().resolve("upload"));
      Files.writeString(upload.resolve("file"), "content");
      checkedOut++;
      return new Checkout(
          Map.of("base", BASE.value(), "branch", "b"),
          List.of(),
          List.of(new Upload(upload, request.layout().workspace())),
          List.of(setup));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Changes changes(Workspace workspace, SandboxShell shell) {
    return new NoChanges(keep);
  }

  @Override
  public void remove(Workspace workspace) {
    onRemove.run();
    checkedOut--;
  }

  private record NoChanges(Supplier<Optional<String>> keeping) implements Changes {
    @Override
    public boolean isEmpty() {
      return true;
    }

    @Override
    public CommitId base() {
      return BASE;
    }

    @Override
    public CommitId head() {
      return BASE;
    }

    @Override
    public CommitId snapshot() {
      return BASE;
    }

    @Override
    public List<Commit> commits() {
      return List.of();
    }

    @Override
    public List<FileChange> files() {
      return List.of();
    }

    @Override
    public List<Risk> risks() {
      return List.of();
    }

    @Override
    public void writeDiff(OutputStream out) {}

    @Override
    public Fetched fetchInto(Path repository) {
      return new Fetched(repository, "head", "work", Optional.empty());
    }

    @Override
    public Fetched fetchInto(Path repository, String branch) {
      return new Fetched(repository, "head", "work", Optional.of(branch));
    }

    @Override
    public void applyTo(Path directory, Set<Risk.Kind> allowed) {}

    @Override
    public Merged mergeInto(Path repository, Set<Risk.Kind> allowed) {
      return new Merged(repository, "main", BASE, BASE, true);
    }

    @Override
    public void exportTo(Path directory) {}

    @Override
    public Optional<String> keep() {
      return keeping.get();
    }
  }
}
