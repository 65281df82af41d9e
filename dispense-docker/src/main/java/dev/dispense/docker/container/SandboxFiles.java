package dev.dispense.docker.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.docker.engine.Connection;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.EngineFailure;
import dev.dispense.docker.exec.Exec;
import dev.dispense.docker.host.Layout;
import dev.dispense.docker.host.OwnedTar;
import dev.dispense.docker.host.Owner;
import dev.dispense.support.Archive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Moves files into and out of containers, running or not, as streams of tar archives. */
public final class SandboxFiles {
  private static final int PRIVATE_MODE = 0700;

  private final Engine engine;

  public SandboxFiles(Engine engine) {
    this.engine = engine;
  }

  /**
   * Makes the directories of the layout, and puts the file of certificate authorities there.
   *
   * @param settings files in the user's home, each in a directory of its own or in the home itself
   */
  public void prepare(
      String machineId,
      Owner owner,
      Set<String> mounted,
      Optional<byte[]> certificates,
      Map<String, String> settings) {
    try (OwnedTar tar = new OwnedTar(owner)) {
      // The engine would change owner and mode of what is mounted there, on the host.
      for (String directory :
          Set.of(Layout.PATHS.workspace(), Layout.PATHS.dispense(), Layout.PATHS.home())) {
        if (!mounted.contains(directory)) {
          tar.directory(directory);
        }
      }
      // At each start, runc gives a tmpfs the mode of the directory that it covers.
      tar.directory(Layout.PATHS.secrets(), PRIVATE_MODE);
      if (certificates.isPresent() && !mounted.contains(Layout.PATHS.dispense())) {
        tar.file(Layout.CERTIFICATES, certificates.get());
      }
      if (!mounted.contains(Layout.PATHS.home())) {
        addSettings(tar, settings);
      }
      put(machineId, "/", new ByteArrayInputStream(tar.bytes())::transferTo);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to prepare the directories of the sandbox but failed because "
              + PrintableText.printable(String.valueOf(e.getMessage()), 200)
              + ".",
          e);
    }
  }

  private static void addSettings(OwnedTar tar, Map<String, String> settings) throws IOException {
    for (Map.Entry<String, String> file : settings.entrySet()) {
      String path = Layout.PATHS.home() + "/" + file.getKey();
      if (file.getKey().contains("/")) {
        tar.directory(parent(path));
      }
      tar.file(path, file.getValue().getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Extracts an archive as {@link dev.dispense.spi.SandboxProvider#upload} says. */
  public void upload(String machineId, String directory, InputStream tar) {
    String target = absolute(directory);
    if (isInMemory(target)) {
      uploadInside(machineId, target, tar);
      return;
    }
    Owner owner = owner(machineId);
    makeDirectory(machineId, target, owner);
    put(machineId, target, out -> Archive.copy(tar, out, owner.uid(), owner.gid()));
  }

  private void put(String machineId, String directory, Connection.Body tar) {
    String path = archive(machineId, directory);
    String doing = "upload files to " + PrintableText.printable(directory, 200) + " in the sandbox";
    engine.call(
        doing,
        client -> {
          try (Connection connection = engine.connect()) {
            check(connection.put(path, tar), connection);
            return null;
          } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause()));
          } catch (IOException e) {
            throw EngineFailure.translate(doing, engine.endpoint(), e);
          }
        });
  }

  private static void check(Connection.Head head, Connection connection) throws IOException {
    if (head.status() != 200) {
      throw connection.refusal(head);
    }
  }

  private static DispenseException unreadable(Exception failure) {
    return new DispenseException(
        "Tried to upload an archive to the sandbox but failed because it cannot be read: "
            + PrintableText.printable(String.valueOf(failure.getMessage()), 300)
            + ".",
        failure);
  }

  /**
   * Extracts within the container: the engine writes under a tmpfs, to the disk, where nothing in
   * the sandbox sees it.
   */
  private void uploadInside(String machineId, String directory, InputStream tar) {
    String script = "mkdir -p -- \"$1\" && cd -- \"$1\" && tar -xof -";
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    int code =
        Exec.run(
            engine,
            machineId,
            Command.of("sh", "-c", script, "sh", directory).in("/"),
            Streams.of(tar, OutputStream.nullOutputStream(), stderr));
    if (code != 0) {
      throw new DispenseException(
          "Tried to upload files to "
              + PrintableText.printable(directory, 200)
              + " in the sandbox but failed"
              + " because tar said: "
              + PrintableText.printable(stderr.toString(StandardCharsets.UTF_8), 500));
    }
  }

  /** Streams an archive as {@link dev.dispense.spi.SandboxProvider#download} says. */
  public InputStream download(String machineId, String path) {
    String source = absolute(path);
    if (isInMemory(source)) {
      throw new RefusedException(
          "Refused to download from "
              + Layout.PATHS.secrets()
              + ": what is there must not leave the"
              + " sandbox.");
    }
    String doing = "download " + PrintableText.printable(source, 200) + " from the sandbox";
    return engine.call(doing, client -> open(archive(machineId, source), doing));
  }

  private InputStream open(String path, String doing) {
    try {
      Connection connection = engine.connect();
      try {
        check(connection.get(path), connection);
        return new Download(connection);
      } catch (IOException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (IOException e) {
      throw EngineFailure.translate(doing, engine.endpoint(), e);
    }
  }

  /** What an engine sends on a connection, which is closed with it. */
  private static final class Download extends FilterInputStream {
    private final Connection connection;

    Download(Connection connection) {
      super(connection.input());
      this.connection = connection;
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  /** Makes a directory and those above it that are missing, all owned by the sandbox's user. */
  private void makeDirectory(String machineId, String directory, Owner owner) {
    Deque<String> missing = new ArrayDeque<>();
    String existing = directory;
    while (!existing.equals("/") && !exists(machineId, existing)) {
      missing.push(existing.substring(existing.lastIndexOf('/') + 1));
      existing = parent(existing);
    }
    if (missing.isEmpty()) {
      return;
    }
    try (OwnedTar tar = new OwnedTar(owner)) {
      String name = "";
      for (String part : missing) {
        name += "/" + part;
        tar.directory(name);
      }
      put(machineId, existing, new ByteArrayInputStream(tar.bytes())::transferTo);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private boolean exists(String machineId, String path) {
    String query = archive(machineId, path);
    String doing = "look for " + PrintableText.printable(path, 200) + " in the sandbox";
    return engine.call(
        doing,
        client -> {
          try (Connection connection = engine.connect()) {
            return connection.request("HEAD", query).status() == 200;
          } catch (IOException e) {
            throw EngineFailure.translate(doing, engine.endpoint(), e);
          }
        });
  }

  /** Returns the path of the call that reads or writes files of a container. */
  private String archive(String machineId, String path) {
    return engine.path("/containers/" + encoded(machineId) + "/archive?path=" + encoded(path));
  }

  private Owner owner(String machineId) {
    InspectContainerResponse container =
        engine.call("look at the sandbox", client -> client.inspectContainerCmd(machineId).exec());
    String user = container.getConfig().getUser();
    return Owner.parse(user == null ? "" : user);
  }

  private static boolean isInMemory(String path) {
    String secrets = Layout.PATHS.secrets();
    return path.equals(secrets) || path.startsWith(secrets + "/");
  }

  private static String absolute(String path) {
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "'" + PrintableText.printable(path, 200) + "' is not an absolute path in a sandbox.");
    }
    return Path.of(path).normalize().toString();
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
