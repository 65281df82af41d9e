package dev.dispense.testkit.daytona.ssh;

import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.PortRelay;
import java.io.IOException;
import java.util.Optional;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.apache.sshd.server.forward.TcpipServerChannel;

/** A forwarded connection: it is sent to a relay that ends in the sandbox. */
final class DirectChannel extends TcpipServerChannel {
  private final Optional<Machine> machine;

  DirectChannel(Optional<Machine> machine) {
    super(TcpForwardingFilter.Type.Direct, null);
    this.machine = machine;
  }

  @Override
  protected OpenFuture doInit(Buffer request) {
    String host = request.getString();
    int port = request.getInt();
    try {
      PortRelay relay =
          machine.orElseThrow(() -> new IOException("The sandbox is gone.")).relay(host, port);
      Buffer redirected = new ByteArrayBuffer();
      redirected.putString("127.0.0.1");
      redirected.putInt(relay.port());
      redirected.putString(request.getString());
      redirected.putInt(request.getInt());
      return super.doInit(redirected);
    } catch (IOException e) {
      OpenFuture failed = new DefaultOpenFuture(this, this);
      failed.setException(
          new SshChannelOpenException(
              getChannelId(),
              SshConstants.SSH_OPEN_CONNECT_FAILED,
              String.valueOf(e.getMessage()),
              e));
      return failed;
    }
  }
}
