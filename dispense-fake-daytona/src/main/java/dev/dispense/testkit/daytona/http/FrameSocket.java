package dev.dispense.testkit.daytona.http;

import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The server's end of a WebSocket. A fault may cut it after so many bytes. */
public final class FrameSocket {
  private final WebSocketChannel channel;
  private long left;

  private FrameSocket(WebSocketChannel channel, Cut cut) {
    this.channel = channel;
    this.left = cut.answer();
  }

  /**
   * Accepts a WebSocket, with whatever subprotocol the client offers first.
   *
   * @param opened called when it is open, on a thread that must not wait
   */
  public static void accept(Call call, Consumer<FrameSocket> opened) throws IOException {
    Set<String> protocols = new LinkedHashSet<>(protocols(call));
    Hybi13Handshake handshake = new Hybi13Handshake(protocols, false);
    WebSocketConnectionCallback callback =
        (exchange, channel) -> opened.accept(new FrameSocket(channel, call.cut()));
    try {
      new WebSocketProtocolHandshakeHandler(List.of(handshake), callback)
          .handleRequest(call.exchange());
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Returns the subprotocols that the client offers. */
  public static List<String> protocols(Call call) {
    String offered = call.header("Sec-WebSocket-Protocol").orElse("");
    return offered.isEmpty() ? List.of() : List.of(offered.split("\\s*,\\s*"));
  }

  /** Begins to read: messages go to one listener, and the end, whatever it is, to the other. */
  public void listen(Consumer<byte[]> message, Runnable end) {
    channel
        .getReceiveSetter()
        .set(
            new AbstractReceiveListener() {
              @Override
              protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage text) {
                message.accept(text.getData().getBytes(StandardCharsets.UTF_8));
              }

              @Override
              protected void onFullBinaryMessage(
                  WebSocketChannel from, BufferedBinaryMessage binary) {
                try (var data = binary.getData()) {
                  message.accept(WebSockets.mergeBuffers(data.getResource()).array());
                }
              }
            });
    channel.addCloseTask(closed -> end.run());
    channel.resumeReceives();
  }

  public void text(String text) throws IOException {
    WebSockets.sendTextBlocking(text, channel);
  }

  /** Sends a binary message; blocks until it is sent. */
  public void binary(byte[] bytes, int length) throws IOException {
    int sent = (int) Math.min(length, Math.max(0, left));
    if (sent > 0) {
      WebSockets.sendBinaryBlocking(ByteBuffer.wrap(bytes, 0, sent), channel);
    }
    if (sent < length) {
      cut();
      throw new IOException("The stream was cut here.");
    }
    left = left == Cut.NEVER ? left : left - sent;
  }

  public void close(int code, String reason) {
    try {
      WebSockets.sendCloseBlocking(code, reason, channel);
    } catch (IOException e) {
      cut();
    }
  }

  /** Ends the connection without a word. */
  public void cut() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }
}
