package dev.dispense.core.preview;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a preview, and the one connection into the sandbox that belongs to it. A
 * request is read and judged when the one before has been answered. The first that is refused is
 * the last.
 */
final class PreviewConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PreviewConnection.class);

  /** For those who have not shown a token. */
  private static final int PATIENCE_MILLIS = 30_000;

  private static final int LAST_WORDS_MILLIS = 1000;
  private static final int LAST_WORDS_BYTES = 1 << 20;

  private final PreviewGuard door;
  private final Socket client;
  private final SandboxPort port;
  private @Nullable Server server;

  PreviewConnection(PreviewGuard door, Socket client, SandboxPort port) {
    this.door = door;
    this.client = client;
    this.port = port;
  }

  /** Serves until one of the two ends it. */
  void serve() throws IOException {
    client.setSoTimeout(PATIENCE_MILLIS);
    InputStream in = new BufferedInputStream(client.getInputStream());
    try {
      boolean more = true;
      while (more) {
        more = exchange(in);
      }
    } finally {
      Server opened = server;
      if (opened != null) {
        opened.close();
      }
      hangUp(in);
    }
  }

  /** Takes one request; returns whether another can follow. */
  private boolean exchange(InputStream in) throws IOException {
    byte[] bytes = HttpHead.read(in);
    if (bytes.length == 0 || (server != null && !server.answers.await())) {
      return false;
    }
    HttpHead head;
    HttpBody body;
    PreviewGuard.Verdict verdict;
    try {
      head = HttpHead.ofRequest(bytes);
      body = HttpBody.ofRequest(head);
      verdict = door.judge(head);
    } catch (ProtocolException e) {
      String text = "This request is refused, as %s.".formatted(e.getMessage());
      client.getOutputStream().write(HttpResponse.refusal(400, text).bytes(false));
      return false;
    }
    if (verdict instanceof PreviewGuard.Admitted admitted) {
      client.setSoTimeout(0);
      return pass(admitted, body, in);
    }
    if (verdict instanceof PreviewGuard.Answered answered) {
      byte[] answer = answered.answer().bytes(head.method().equals("HEAD"));
      client.getOutputStream().write(answer);
    }
    return false;
  }

  private boolean pass(PreviewGuard.Admitted admitted, HttpBody body, InputStream in)
      throws IOException {
    Server to = server == null ? new Server() : server;
    to.answers.expect(admitted.request());
    if (server == null) {
      server = to;
      to.thread.start();
    }
    OutputStream out = to.socket.output();
    out.write(admitted.request().bytes());
    out.flush();
    body.copy(in, out);
    out.flush();
    if (admitted.upgrade() && to.answers.awaitUpgrade()) {
      HttpBody.copyAll(in, out);
      return false;
    }
    return true;
  }

  /** Takes what the client is still sending, which would undo the last answer otherwise. */
  private void hangUp(InputStream in) {
    try {
      client.shutdownOutput();
      client.setSoTimeout(LAST_WORDS_MILLIS);
      byte[] unused = in.readNBytes(LAST_WORDS_BYTES);
    } catch (IOException e) {
      LOG.debug("The client of a preview has gone", e);
    }
  }

  /** The server's side, made with the first request that is let through. */
  private final class Server {
    private final SandboxSocket socket = SandboxSocket.open(port);
    private final ResponseRelay answers;
    private final Thread thread = LoopbackPort.thread("answers", this::run);

    Server() throws IOException {
      answers =
          new ResponseRelay(
              new BufferedInputStream(socket.input()),
              new BufferedOutputStream(client.getOutputStream()));
    }

    private void run() {
      try {
        answers.passOn();
        if (answers.isSilent()) {
          client.getOutputStream().write(absence().bytes(false));
        }
        client.shutdownOutput();
      } catch (IOException e) {
        LOG.debug("The client of a preview takes no more", e);
        LoopbackPort.cut(client);
      }
    }

    private HttpResponse absence() {
      String text =
          "Nothing listens on port %d of the sandbox '%s', or it does not answer."
              .formatted(port.number(), port.connection().name());
      return HttpResponse.refusal(502, socket.failure().orElse(text));
    }

    void close() {
      socket.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        LoopbackPort.cut(client);
        Thread.currentThread().interrupt();
      }
    }
  }
}
