package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.apache.sshd.server.session.SessionFactory;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/**
 * A server of SSH for one connection to one sandbox. It runs in the process that ssh has started,
 * so whoever speaks to it is this user; it listens nowhere, and nothing of it is in the sandbox,
 * where it does what {@code dispense exec} can do. Commands, shells, terminals, SFTP and
 * connections to ports of the sandbox pass; what is asked of the server itself is refused.
 */
public final class SshServerSession {
  private static final int CHUNK = 1 << 15;

  private final KeyPair key;
  private final SshPrograms programs;

  public SshServerSession(Sandbox sandbox, KeyPair key) {
    this.key = key;
    this.programs = new SshPrograms(sandbox);
  }

  /** Serves until the input ends, and until all that it started has ended. */
  public void serve(InputStream in, OutputStream out) {
    SshServer server = server();
    SessionFactory sessions = new SessionFactory(server);
    SshStream stream = new SshStream(out);
    byte[] chunk = new byte[CHUNK];
    try {
      sessions.sessionCreated(stream);
      for (int read = in.read(chunk); read >= 0 && !stream.isClosing(); read = in.read(chunk)) {
        sessions.messageReceived(stream, new ByteArrayBuffer(chunk, 0, read));
      }
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to speak SSH but failed because " + DispenseException.reason(e) + ".", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new DispenseException("Tried to speak SSH but failed: " + e.getMessage(), e);
    } finally {
      stream.close(true);
      end(sessions, stream);
      programs.close();
      server.close(true);
    }
  }

  private static void end(SessionFactory sessions, SshStream stream) {
    try {
      sessions.sessionClosed(stream);
    } catch (Exception e) {
      // The session is over, which is all that is wanted.
      stream.close(true);
    }
  }

  private SshServer server() {
    SshServer server = SshServer.setUpDefaultServer();
    server.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
    server.setKeyPairProvider(KeyPairProvider.wrap(key));
    server.setServiceFactories(
        List.of(SshSameUser.FACTORY, ServerConnectionServiceFactory.INSTANCE));
    server.setShellFactory(channel -> programs.shell());
    server.setCommandFactory((channel, command) -> programs.command(command));
    server.setSubsystemFactories(List.of(new Sftp(programs)));
    server.setChannelFactories(List.of(ChannelSessionFactory.INSTANCE, new Connections(programs)));
    server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    server.setGlobalRequestHandlers(List.of());
    return server;
  }

  private record Sftp(SshPrograms programs) implements SubsystemFactory {
    @Override
    public String getName() {
      return "sftp";
    }

    @Override
    public Command createSubsystem(ChannelSession channel) {
      return programs.sftp();
    }
  }

  private record Connections(SshPrograms programs) implements ChannelFactory, NamedResource {
    @Override
    public String getName() {
      return "direct-tcpip";
    }

    @Override
    public Channel createChannel(Session session) {
      return new SshConnection(programs);
    }
  }
}
