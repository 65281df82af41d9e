package dev.dispense.testkit.daytona.http;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Where the connection of a request is cut.
 *
 * @param request how many bytes of the request's body are read before, or {@link #NEVER}
 * @param answer how many bytes of the answer's body are written before, {@link #UNANSWERED} to send
 *     no answer at all, or {@link #NEVER}
 */
public record Cut(long request, long answer) {
  public static final long NEVER = Long.MAX_VALUE;
  public static final long UNANSWERED = -1;
  public static final Cut NONE = new Cut(NEVER, NEVER);

  InputStream input(InputStream input, Runnable cut) {
    return request == NEVER ? input : new CutInput(input, request, cut);
  }

  OutputStream output(OutputStream output, Runnable cut) {
    return answer == NEVER ? output : new CutOutput(output, answer, cut);
  }

  private static final class CutInput extends FilterInputStream {
    private final Runnable cut;
    private long left;

    CutInput(InputStream input, long left, Runnable cut) {
      super(input);
      this.left = left;
      this.cut = cut;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        cut.run();
        throw new IOException("The request was cut here.");
      }
      int read = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, read);
      return read;
    }
  }

  private static final class CutOutput extends FilterOutputStream {
    private final Runnable cut;
    private long left;

    CutOutput(OutputStream output, long left, Runnable cut) {
      super(output);
      this.left = left;
      this.cut = cut;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length <= left) {
        out.write(bytes, offset, length);
        left -= length;
        return;
      }
      if (left >= 0) {
        out.write(bytes, offset, (int) left);
        out.flush();
      }
      cut.run();
      throw new IOException("The answer was cut here.");
    }
  }
}
