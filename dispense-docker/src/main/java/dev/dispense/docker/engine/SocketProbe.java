package dev.dispense.docker.engine;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says whether something listens at a Unix socket. */
@FunctionalInterface
public interface SocketProbe {
  /** What a probe found. */
  enum Result {
    LISTENING("answers"),
    MISSING("does not exist"),
    DENIED("may not be used by this user"),
    DEAD("exists, but nothing listens at it");

    private final String description;

    Result(String description) {
      this.description = description;
    }

    @Override
    public String toString() {
      return description;
    }
  }

  /** A probe that connects, which on a Unix socket never waits. */
  SocketProbe CONNECTING =
      socket -> {
        if (!Files.exists(socket)) {
          return Result.MISSING;
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
          return channel.isConnected() ? Result.LISTENING : Result.DEAD;
        } catch (IOException e) {
          boolean denied =
              String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("permission denied");
          return denied ? Result.DENIED : Result.DEAD;
        }
      };

  /** Probes one socket. */
  Result probe(Path socket);
}
