package dev.dispense.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SourceProvider;
import dev.dispense.spi.SourceProvider.Checkout;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.Archive;
import dev.dispense.support.FileTree;
import dev.dispense.testkit.provider.ContractMachine;
import dev.dispense.testkit.provider.DirectoryContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;

/** A source in a sandbox, checked out and delivered as the core does it. */
record DeliveredSource(
    SourceContract contract, ContractMachine machine, Checkout checkout, Workspace workspace) {

  /** Checks a source out on this machine. */
  static Checkout checkOut(
      SourceContract contract, SandboxName name, Source source, Delivery delivery) {
    try {
      Path directory = directory(contract, name);
      Files.createDirectories(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      return contract.provider.checkout(
          new SourceProvider.Request(
              name, source, directory, contract.sandboxes.layout(name), delivery, contract.host),
          Progress.Listener.NONE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Checks a source out and brings it into a new sandbox. */
  static DeliveredSource deliver(
      SourceContract contract, String name, Source source, Delivery delivery) {
    SandboxName sandbox = new SandboxName(name);
    Checkout checkout = checkOut(contract, sandbox, source, delivery);
    ContractMachine machine =
        new ContractMachine(
            contract.sandboxes,
            contract.sandboxes.create(
                ContractMachine.spec(sandbox, contract.temporary), Progress.Listener.NONE));
    Workspace workspace =
        new Workspace(
            sandbox,
            source,
            directory(contract, sandbox),
            machine.layout(),
            checkout.labels(),
            contract.host);
    DeliveredSource delivered = new DeliveredSource(contract, machine, checkout, workspace);
    try {
      checkout.completion().run();
      delivered.bringIn(delivery);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return delivered;
  }

  static Path directory(SourceContract contract, SandboxName name) {
    return contract.host.stateDirectory().resolve(name.value());
  }

  /** Does something in the workspace, as the agent. */
  void agent(String script, String... arguments) {
    machine.output(script, arguments);
  }

  /** Commits all, as the agent. */
  void commit(String message) {
    agent(contract.commitScript(), message);
  }

  Changes changes() {
    try {
      bringMountsBack();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return contract.provider.changes(
        workspace,
        (command, streams) -> machine.provider().exec(machine.id(), placed(command), streams));
  }

  /** Removes it as the core does: the sandbox, what the provider made, the directory. */
  void remove() {
    machine.provider().delete(machine.id());
    contract.provider.remove(workspace);
    contract.provider.remove(workspace);
    try {
      FileTree.delete(workspace.directory());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    contract.provider.remove(workspace);
  }

  /** The files of the workspace, without the repository's own. */
  Map<String, String> content() {
    try {
      return files(Path.of(machine.layout().workspace()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The files below a directory: their content and whether they can be executed. */
  static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>(DirectoryContent.describe(directory));
    files.keySet().removeIf(path -> path.equals(".git") || path.startsWith(".git/"));
    files.values().removeIf(content -> content.endsWith(" directory"));
    files.replaceAll(
        (path, content) ->
            content.startsWith("link") ? content : content.charAt(2) + content.substring(9));
    return files;
  }

  private Command placed(Command command) {
    return command.workingDirectory().isPresent()
        ? command
        : command.in(machine.layout().workspace());
  }

  private void bringIn(Delivery delivery) throws IOException {
    if (delivery == Delivery.MOUNT) {
      assertThat(checkout.uploads()).isEmpty();
      for (Mount mount : checkout.mounts()) {
        mount(mount);
      }
    } else {
      assertThat(checkout.mounts()).isEmpty();
    }
    for (SourceProvider.Upload upload : checkout.uploads()) {
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      Archive.pack(upload.host(), tar);
      machine
          .provider()
          .upload(machine.id(), upload.path(), new ByteArrayInputStream(tar.toByteArray()));
    }
    for (Command command : checkout.setup()) {
      ExecResult result = machine.run(placed(command));
      assertThat(result.exitCode()).as("%s: %s", command, result.stderr()).isZero();
    }
  }

  private void mount(Mount mount) {
    assertThat(mount.host()).exists();
    if (!mount.host().equals(Path.of(mount.path()))) {
      machine.output(
          "if test -d \"$1\"; then mkdir -p \"$2\" && cp -a \"$1/.\" \"$2\";"
              + " else mkdir -p \"${2%/*}\" && cp -a \"$1\" \"$2\"; fi",
          mount.host().toString(), mount.path());
    }
  }

  private void bringMountsBack() throws IOException {
    for (Mount mount : checkout.mounts()) {
      if (!mount.readOnly() && Files.isDirectory(mount.host())) {
        replace(mount.host(), Path.of(mount.path()));
      }
    }
  }

  /** Makes a directory what its copy in the sandbox is, but for what is mounted inside it. */
  private void replace(Path directory, Path copy) throws IOException {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(directory)) {
      for (Path path : old) {
        if (!isMount(copy.resolve(path.getFileName()))) {
          FileTree.delete(path);
        }
      }
    }
    try (DirectoryStream<Path> current = Files.newDirectoryStream(copy)) {
      for (Path path : current) {
        if (!isMount(path) && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          machine.output("cp -a -- \"$1\" \"$2\"", path.toString(), directory.toString());
        }
      }
    }
  }

  private boolean isMount(Path path) {
    return checkout.mounts().stream().anyMatch(mount -> Path.of(mount.path()).equals(path));
  }
}
