package dev.dispense.cli;

import dev.dispense.DispenseException;
import java.util.Set;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;

/** A connection that ssh forwards: to a port of the sandbox's loopback, and to nowhere else. */
final class SshConnection extends TcpipServerChannel {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "0.0.0.0");

  private final SshPrograms programs;

  SshConnection(SshPrograms programs) {
    super(TcpForwardingFilter.Type.Direct, null);
    this.programs = programs;
  }

  @Override
  protected OpenFuture doInit(Buffer request) {
    String host = request.getString();
    int port = request.getInt();
    if (!LOOPBACK.contains(host)) {
      return refused("Only ports of the sandbox itself can be reached.");
    }
    try {
      Buffer redirected = new ByteArrayBuffer();
      redirected.putString("127.0.0.1");
      redirected.putInt(programs.forwarding(port).address().getPort());
      redirected.putString(request.getString());
      redirected.putInt(request.getInt());
      return super.doInit(redirected);
    } catch (DispenseException | IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  private OpenFuture refused(String reason) {
    OpenFuture failed = new DefaultOpenFuture(this, this);
    failed.setException(
        new SshChannelOpenException(
            getChannelId(), SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, reason));
    return failed;
  }
}
