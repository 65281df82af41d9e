package dev.dispense.git.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Environment;
import dev.dispense.Progress;
import dev.dispense.SandboxName;
import dev.dispense.Source;
import dev.dispense.Streams;
import dev.dispense.git.GitSourceProvider;
import dev.dispense.git.TestHost;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SourceProvider.Checkout;
import dev.dispense.spi.SourceProvider.Delivery;
import dev.dispense.spi.SourceProvider.Request;
import dev.dispense.spi.SourceProvider.SandboxShell;
import dev.dispense.spi.SourceProvider.Upload;
import dev.dispense.spi.SourceProvider.Workspace;
import dev.dispense.support.Archive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Stands in for a sandbox: its paths are paths of this machine, its commands run here. A mount is
 * simulated by a layout in which the files already are where they would be mounted.
 */
public final class LocalSandbox {
  public final GitSourceProvider provider = new GitSourceProvider();
  public final List<String> notices = new ArrayList<>();
  final TestHost test;
  public final Request request;
  public final Checkout checkout;
  private String hostGitfile = "";

  private LocalSandbox(TestHost test, Request request) throws IOException {
    this.test = test;
    this.request = request;
    this.checkout =
        provider.checkout(
            request,
            new Progress.Listener() {
              @Override
              public void onProgress(Progress progress) {}

              @Override
              public void onNotice(String notice) {
                notices.add(notice);
              }
            });
    try {
      checkout.completion().run();
    } catch (RuntimeException e) {
      remove();
      throw e;
    }
    if (request.delivery() == Delivery.MOUNT) {
      mount();
    } else {
      upload();
    }
  }

  public static LocalSandbox of(TestHost test, String name, Source source) {
    return of(test, name, source, Delivery.MOUNT, test.host());
  }

  public static LocalSandbox of(
      TestHost test, String name, Source source, Delivery delivery, Environment host) {
    try {
      return new LocalSandbox(test, request(test, name, source, delivery, host));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Request request(
      TestHost test, String name, Source source, Delivery delivery, Environment host)
      throws IOException {
    Path directory = Files.createDirectories(test.state().resolve("sandboxes").resolve(name));
    Path inside = test.root().resolve("inside").resolve(name);
    SandboxLayout layout =
        delivery == Delivery.MOUNT
            ? new SandboxLayout(
                directory.resolve("worktree").toString(),
                directory.toString(),
                inside.resolve("home").toString(),
                inside.resolve("secrets").toString())
            : new SandboxLayout(
                inside.resolve("workspace").toString(),
                inside.resolve("dispense").toString(),
                inside.resolve("home").toString(),
                inside.resolve("secrets").toString());
    Files.createDirectories(Path.of(layout.home()));
    return new Request(new SandboxName(name), source, directory, layout, delivery, host);
  }

  private void mount() throws IOException {
    for (Mount mount : checkout.mounts()) {
      Path inside = Path.of(mount.path());
      if (mount.path().endsWith("/worktree/.git")) {
        assertThat(inside).isRegularFile();
        hostGitfile = TestHost.read(inside);
        Files.write(inside, Files.readAllBytes(mount.host()));
      } else if (!Files.exists(inside)) {
        Files.createDirectories(inside.getParent());
        Files.createSymbolicLink(inside, mount.host());
      }
    }
  }

  private void upload() throws IOException {
    for (Upload upload : checkout.uploads()) {
      Path inside = Files.createDirectories(Path.of(upload.path()));
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      Archive.pack(upload.host(), tar);
      Archive.unpack(new ByteArrayInputStream(tar.toByteArray()), inside, Archive.Limits.DEFAULT);
    }
    for (Command command : checkout.setup()) {
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      assertThat(exec(command, Streams.of(output, output))).as(output::toString).isZero();
    }
  }

  public Path workspace() {
    return Path.of(request.layout().workspace());
  }

  public Path gitDirectory() {
    return Path.of(request.layout().dispense(), "git");
  }

  /** Runs the agent's git. */
  public String git(String... arguments) {
    return test.run(
        workspace(), Map.of("HOME", request.layout().home()), TestHost.concat("git", arguments));
  }

  /** Runs a shell script of the agent. */
  public String sh(String script) {
    return test.run(workspace(), Map.of("HOME", request.layout().home()), "sh", "-ec", script);
  }

  public void commit(String file, String content) {
    TestHost.write(workspace().resolve(file), content);
    git("add", "-A");
    git("commit", "-qm", "Change " + file);
  }

  public Workspace view() {
    return new Workspace(
        request.name(),
        request.source(),
        request.directory(),
        request.layout(),
        checkout.labels(),
        request.host());
  }

  public Changes changes() {
    return changes(this::exec);
  }

  public Changes changes(SandboxShell shell) {
    return provider.changes(view(), shell);
  }

  /** Ends the simulation of the mount over the gitfile. */
  public void unmount() {
    TestHost.write(workspace().resolve(".git"), hostGitfile);
  }

  /** Removes as the core does. */
  public void remove() {
    provider.remove(view());
    Deletion.of(request.directory());
  }

  public int exec(Command command, Streams streams) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command.argv()).directory(workspace().toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
      builder.environment().put("HOME", request.layout().home());
      builder.environment().putAll(command.environment());
      Path errors = Files.createTempFile(test.root(), "stderr", "");
      Process process = builder.redirectError(errors.toFile()).start();
      process.getOutputStream().close();
      try {
        process.getInputStream().transferTo(streams.stdout());
        int exitCode = process.waitFor();
        streams.stderr().write(Files.readAllBytes(errors));
        return exitCode;
      } finally {
        process.destroyForcibly();
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
