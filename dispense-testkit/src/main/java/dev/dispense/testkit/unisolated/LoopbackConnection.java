package dev.dispense.testkit.unisolated;

import dev.dispense.DispenseException;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Passes bytes to and from a loopback port of this machine. */
final class LoopbackConnection {
  private static final int PIECE = 64 << 10;

  private LoopbackConnection() {}

  /** Passes all on until the server ends the connection; an interrupt cuts it. */
  static void pass(int port, InputStream in, OutputStream out) {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (SocketChannel channel = SocketChannel.open(address)) {
      DaemonThread.start("loopback-send", () -> send(in, channel));
      receive(channel, out);
    } catch (ConnectException e) {
      // Nothing listens there: nothing comes back.
      return;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to pass bytes to and from port %d but failed because the connection was cut: %s."
              .formatted(port, DispenseException.reason(e)),
          e);
    }
  }

  private static void send(InputStream in, SocketChannel channel) {
    byte[] piece = new byte[PIECE];
    try {
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, read);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      channel.shutdownOutput();
    } catch (IOException e) {
      cut(channel);
    }
  }

  private static void receive(SocketChannel channel, OutputStream out) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (channel.read(piece) >= 0) {
      out.write(piece.array(), 0, piece.position());
      out.flush();
      piece.clear();
    }
  }

  private static void cut(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Closed is closed.
      return;
    }
  }
}
