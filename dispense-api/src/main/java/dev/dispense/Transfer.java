package dev.dispense;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Moves directories between this machine and a sandbox, streamed. */
final class Transfer {
  private static final int BUFFER = 1 << 20;

  private Transfer() {}

  static void upload(SandboxConnection connection, Path host, String path) {
    FutureTask<Void> packing;
    try (PipedInputStream tar = new PipedInputStream(BUFFER)) {
      PipedOutputStream out = new PipedOutputStream(tar);
      packing =
          new FutureTask<>(
              () -> {
                try (out) {
                  Archive.pack(host, out);
                }
                return null;
              });
      Thread packer = new Thread(packing, "dispense-upload");
      packer.setDaemon(true);
      packer.start();
      connection.provider().upload(connection.machineId(), path, tar);
      packing.get();
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("uploading " + host, e);
    } catch (IOException | ExecutionException e) {
      throw new DispenseException(
          "Tried to upload %s to %s but failed: %s".formatted(host, path, e.getMessage()), e);
    }
  }

  static void download(SandboxConnection connection, String path, Path host) {
    try (InputStream tar = connection.provider().download(connection.machineId(), path)) {
      Archive.unpack(tar, host, Archive.Limits.DEFAULT);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to download %s to %s but failed: %s".formatted(path, host, e.getMessage()), e);
    }
  }
}
