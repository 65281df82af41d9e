package dev.dispense.cli.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.channel.ChannelPipedInputStream;
import org.apache.sshd.common.channel.ChannelPipedOutputStream;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.future.SshFutureListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection that ssh forwards: to a port of the sandbox's loopback, and to nowhere else. No port
 * of this machine is opened for it, which others could connect to.
 */
final class SshConnection extends AbstractServerChannel {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "0.0.0.0");

  private final SshPrograms programs;
  private final AtomicBoolean begun = new AtomicBoolean();
  private OutputStream received = OutputStream.nullOutputStream();
  private volatile @Nullable ChannelTask work;

  SshConnection(SshPrograms programs) {
    super("", List.of(), null);
    this.programs = programs;
  }

  @Override
  protected OpenFuture doInit(Buffer request) {
    String host = request.getString();
    int port = request.getInt();
    if (!LOOPBACK.contains(host)) {
      return refused("Only ports of the sandbox itself can be reached.");
    }
    if (port < 1 || port > 65535) {
      return refused("A port is from 1 to 65535.");
    }
    ChannelPipedInputStream sent = new ChannelPipedInputStream(this, getLocalWindow());
    received = new ChannelPipedOutputStream(sent);
    signalChannelOpenSuccess();
    OpenFuture opened = new Confirmed(() -> begin(port, sent));
    opened.setOpened();
    return opened;
  }

  private void begin(int port, InputStream sent) {
    if (begun.compareAndSet(false, true)) {
      OutputStream answers =
          new ChannelOutputStream(
              this, getRemoteWindow(), log, SshConstants.SSH_MSG_CHANNEL_DATA, true);
      work = programs.connect(port, sent, answers, this::ended);
    }
  }

  private void ended() {
    work = null;
    close(false);
  }

  private OpenFuture refused(String reason) {
    OpenFuture failed = new DefaultOpenFuture(this, this);
    failed.setException(
        new SshChannelOpenException(
            getChannelId(), SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason));
    return failed;
  }

  @Override
  protected void doWriteData(byte[] data, int offset, long length) throws IOException {
    received.write(data, offset, (int) length);
  }

  @Override
  protected void doWriteExtendedData(byte[] data, int offset, long length) throws IOException {
    throw new IOException("a connection has one stream of bytes only");
  }

  @Override
  public void handleEof() throws IOException {
    super.handleEof();
    received.close();
  }

  @Override
  protected void preClose() {
    ChannelTask started = work;
    if (started != null) {
      started.interrupt();
    }
    super.preClose();
  }

  /** Is open, and does something once that has been told to the other end. */
  private final class Confirmed extends DefaultOpenFuture {
    private final Runnable then;

    Confirmed(Runnable then) {
      super(SshConnection.this, SshConnection.this);
      this.then = then;
    }

    @Override
    public OpenFuture addListener(SshFutureListener<OpenFuture> confirmation) {
      super.addListener(confirmation);
      then.run();
      return this;
    }
  }
}
