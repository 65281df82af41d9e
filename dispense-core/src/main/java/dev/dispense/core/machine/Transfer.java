package dev.dispense.core.machine;

import dev.dispense.DispenseException;
import dev.dispense.core.io.Pipe;
import dev.dispense.support.Archive;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Moves directories between this machine and a sandbox, streamed. */
public final class Transfer {
  private Transfer() {}

  public static void upload(SandboxConnection connection, Path host, String path) {
    Pipe pipe = new Pipe();
    try (InputStream tar = pipe.input()) {
      FutureTask<Void> packing =
          new FutureTask<>(
              () -> {
                pack(host, pipe);
                return null;
              });
      DaemonThread.start("dispense-upload", packing);
      connection.provider().upload(connection.machineId(), path, tar);
      packing.get();
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("uploading " + host, e);
    } catch (IOException | ExecutionException e) {
      throw new DispenseException(
          "Tried to upload %s to %s but failed: %s".formatted(host, path, e.getMessage()), e);
    }
  }

  private static void pack(Path host, Pipe pipe) throws IOException {
    try (OutputStream out = pipe.output()) {
      try {
        Archive.pack(host, out);
      } catch (IOException | RuntimeException e) {
        pipe.fail(e);
        throw e;
      }
    }
  }

  public static void download(SandboxConnection connection, String path, Path host) {
    try (InputStream tar = connection.provider().download(connection.machineId(), path)) {
      Archive.unpack(tar, host, Archive.Limits.DEFAULT);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to download %s to %s but failed: %s".formatted(path, host, e.getMessage()), e);
    }
  }
}
