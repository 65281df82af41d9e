package dev.dispense.testkit.daytona.ssh;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.sshd.common.Service;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.auth.AbstractUserAuth;
import org.apache.sshd.server.auth.AbstractUserAuthFactory;
import org.apache.sshd.server.auth.UserAuth;
import org.apache.sshd.server.auth.UserAuthFactory;
import org.apache.sshd.server.auth.UserAuthNone;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.server.session.ServerUserAuthService;
import org.apache.sshd.server.session.ServerUserAuthServiceFactory;

/**
 * Lets in by the user's name alone. Clients ask for the authentication "none" to do that, which the
 * library never grants; it is told that they ask for another one, which looks at the name.
 */
final class SshTokens {
  private static final String METHOD = "token";

  private SshTokens() {}

  /** Returns the authentication that the server is to know. */
  static UserAuthFactory authentication(Predicate<String> valid) {
    return new AbstractUserAuthFactory(METHOD) {
      @Override
      public UserAuth createUserAuth(ServerSession session) {
        return new AbstractUserAuth(METHOD) {
          @Override
          protected Boolean doAuth(Buffer buffer, boolean init) {
            return valid.test(getUsername());
          }
        };
      }
    };
  }

  /** Returns the service through which clients ask. */
  static ServerUserAuthServiceFactory service() {
    return new ServerUserAuthServiceFactory() {
      @Override
      public Service create(Session session) throws IOException {
        return new Renaming(session);
      }
    };
  }

  private static final class Renaming extends ServerUserAuthService {
    Renaming(Session session) throws IOException {
      super(session);
    }

    @Override
    protected boolean handleUserAuthRequestMessage(
        ServerSession session, Buffer buffer, AtomicReference<Boolean> granted) throws Exception {
      int start = buffer.rpos();
      String user = buffer.getString();
      String service = buffer.getString();
      Buffer asked = buffer;
      if (buffer.getString().equals(UserAuthNone.NAME)) {
        asked = new ByteArrayBuffer();
        asked.putString(user);
        asked.putString(service);
        asked.putString(METHOD);
      } else {
        buffer.rpos(start);
      }
      return super.handleUserAuthRequestMessage(session, asked, granted);
    }
  }
}
