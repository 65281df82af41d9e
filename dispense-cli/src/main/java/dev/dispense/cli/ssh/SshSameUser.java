package dev.dispense.cli.ssh;

import java.io.IOException;
import java.util.Map;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.ServiceFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.apache.sshd.server.session.AbstractServerSession;

/**
 * Lets in whoever asks (RFC 4252, at the first request, which is "none"): the connection is a pipe
 * to a process of the same user.
 */
final class SshSameUser extends AbstractCloseable implements Service {
  static final ServiceFactory FACTORY =
      new ServiceFactory() {
        @Override
        public String getName() {
          return "ssh-userauth";
        }

        @Override
        public Service create(Session session) {
          return new SshSameUser((AbstractServerSession) session);
        }
      };

  private final AbstractServerSession session;

  private SshSameUser(AbstractServerSession session) {
    this.session = session;
  }

  @Override
  public AbstractServerSession getSession() {
    return session;
  }

  @Override
  public Map<String, Object> getProperties() {
    return Map.of();
  }

  @Override
  public void start() {}

  @Override
  public void process(int message, Buffer buffer) throws Exception {
    if (message != SshConstants.SSH_MSG_USERAUTH_REQUEST) {
      throw new SshException("Unexpected message " + message + " instead of a request to log in");
    }
    session.setUsername(buffer.getString());
    String service = buffer.getString();
    session.setAuthenticated();
    session.startService(service, buffer);
    send(session.createBuffer(SshConstants.SSH_MSG_USERAUTH_SUCCESS, 0));
  }

  private void send(Buffer answer) throws IOException {
    Object unused = session.writePacket(answer);
  }
}
