package dev.dispense.daytona;

import java.io.IOException;
import java.io.InputStream;
import okio.ByteString;

/**
 * The output of a command as a stream. Whatever is read asks the sandbox for more when it must, so
 * nothing is gathered, and a command whose output nobody reads waits.
 */
final class Download extends InputStream {
  private static final int MOST_SAID = 4096;

  private final Conversation conversation;
  private ByteString bytes = ByteString.EMPTY;
  private final StringBuilder said = new StringBuilder();
  private int at;
  private int exitCode = -1;
  private boolean closed;

  private Download(Conversation conversation) {
    this.conversation = conversation;
  }

  /** Starts a command, and waits for the first of its output, or for its end. */
  static Download open(Conversation conversation, String script) {
    Download download = new Download(conversation);
    download.take(conversation.start(script, "-", Runner.Input.NONE, ByteString.EMPTY));
    while (download.bytes.size() == 0 && !download.hasEnded()) {
      download.take(conversation.next());
    }
    return download;
  }

  private void take(Answer answer) {
    bytes = answer.out();
    at = 0;
    if (said.length() < MOST_SAID) {
      said.append(answer.err().utf8());
    }
    exitCode = answer.exitCode().orElse(-1);
    if (hasEnded()) {
      conversation.close();
    }
  }

  private boolean hasEnded() {
    return exitCode >= 0;
  }

  /** Returns whether the command ended with this code, and without any output. */
  boolean endedWith(int code) {
    return exitCode == code && bytes.size() == 0;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (closed) {
      throw new IOException("the download was closed");
    }
    while (at == bytes.size()) {
      if (hasEnded()) {
        return end();
      }
      take(conversation.next());
    }
    int part = Math.min(length, bytes.size() - at);
    bytes.copyInto(at, target, offset, part);
    at += part;
    return part;
  }

  private int end() throws IOException {
    if (exitCode != 0 && !isHarmless()) {
      throw new IOException("tar ended with " + exitCode + " in the sandbox: " + said().strip());
    }
    return -1;
  }

  /** Whether tar only says that somebody is at work in what it packs. */
  private boolean isHarmless() {
    return exitCode == 1
        && said()
            .lines()
            .allMatch(line -> line.matches(".*(changed as we read it|removed before we read it)"));
  }

  private String said() {
    return said.toString();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (!hasEnded()) {
        String unused = conversation.stop();
      }
    }
  }
}
