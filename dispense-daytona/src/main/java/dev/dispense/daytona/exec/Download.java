package dev.dispense.daytona.exec;

import dev.dispense.DispenseException;
import dev.dispense.support.DaemonThread;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The output of a command as a stream. A thread fetches a part of it while the part before is read;
 * no more is gathered, and a command whose output nobody reads waits.
 */
final class Download extends InputStream {
  private static final int MOST_SAID = 4096;

  private final RunnerSession conversation;
  private final Thread fetching;
  private final BlockingQueue<Part> parts = new SynchronousQueue<>();
  private final StringBuilder said = new StringBuilder();
  private Part part = Part.of(ByteString.EMPTY);
  private int at;
  private volatile boolean ended;
  private boolean closed;

  private Download(RunnerSession conversation, RunnerReply first) {
    this.conversation = conversation;
    this.fetching = DaemonThread.of("dispense-daytona-download", () -> fetch(first));
  }

  /**
   * What is passed on.
   *
   * @param bytes of the output; empty with the last part
   * @param exitCode how the command ended; negative with a part after which another comes
   * @param failure why nothing more comes, if that is so
   */
  private record Part(ByteString bytes, int exitCode, @Nullable Throwable failure) {
    static Part of(ByteString bytes) {
      return new Part(bytes, -1, null);
    }

    static Part end(int exitCode) {
      return new Part(ByteString.EMPTY, exitCode, null);
    }

    static Part failed(Throwable failure) {
      return new Part(ByteString.EMPTY, -1, failure);
    }
  }

  /** Starts a command, and waits for the first of its output, or for its end. */
  static Download open(RunnerSession conversation, String script) {
    RunnerReply answer =
        conversation.start(script, "-", Runner.Input.NONE, ByteString.EMPTY, Runner.Output.FILES);
    Download download = new Download(conversation, answer);
    download.fetching.start();
    try {
      download.next();
      download.check();
    } catch (RuntimeException e) {
      download.close();
      throw e;
    }
    return download;
  }

  private void fetch(RunnerReply first) {
    try {
      RunnerReply answer = first;
      while (true) {
        if (said.length() < MOST_SAID) {
          said.append(answer.err().utf8());
        }
        for (int size : answer.files()) {
          parts.put(Part.of(conversation.fetch(size)));
        }
        if (answer.exitCode().isPresent()) {
          ended = true;
          conversation.close();
          parts.put(Part.end(answer.exitCode().getAsInt()));
          return;
        }
        answer = conversation.next();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    try {
      parts.put(Part.failed(failure));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void next() {
    try {
      part = parts.take();
      at = 0;
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("downloading from the sandbox", e);
    }
  }

  private void check() {
    if (part.failure() instanceof RuntimeException failure) {
      throw failure;
    }
    if (part.failure() instanceof Error failure) {
      throw failure;
    }
  }

  /** Returns whether the command ended with this code, and without any output. */
  boolean endedWith(int code) {
    return part.exitCode() == code;
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
    while (at == part.bytes().size()) {
      check();
      if (part.exitCode() >= 0) {
        return end();
      }
      next();
    }
    int count = Math.min(length, part.bytes().size() - at);
    part.bytes().copyInto(at, target, offset, count);
    at += count;
    return count;
  }

  private int end() throws IOException {
    if (part.exitCode() != 0 && !isHarmless()) {
      throw new IOException(
          "tar ended with " + part.exitCode() + " in the sandbox: " + said.toString().strip());
    }
    return -1;
  }

  /** Whether tar only says that somebody is at work in what it packs. */
  private boolean isHarmless() {
    return part.exitCode() == 1
        && said.toString()
            .lines()
            .allMatch(line -> line.matches(".*(changed as we read it|removed before we read it)"));
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      fetching.interrupt();
      if (!ended) {
        String unused = conversation.stop();
      }
    }
  }
}
