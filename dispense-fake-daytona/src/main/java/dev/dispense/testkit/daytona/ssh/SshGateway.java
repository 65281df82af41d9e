package dev.dispense.testkit.daytona.ssh;

import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Machine;
import dev.dispense.testkit.daytona.cloud.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.apache.sshd.server.subsystem.SubsystemFactory;

/**
 * The gateway for SSH: the user's name is a token, and nothing else is asked for. Commands, shells,
 * terminals, SFTP and forwarded connections pass; what is asked of the gateway itself, such as to
 * forward connections from the sandbox, is refused.
 */
public final class SshGateway implements AutoCloseable {
  private final SshServer server;

  private SshGateway(SshServer server) {
    this.server = server;
  }

  public static SshGateway open(Cloud cloud) {
    SimpleGeneratorHostKeyProvider keys = new SimpleGeneratorHostKeyProvider();
    keys.setAlgorithm("EC");
    keys.setKeySize(256);
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(keys);
    server.setUserAuthFactories(
        List.of(SshTokens.authentication(token -> sandbox(cloud, token).isPresent())));
    server.setServiceFactories(
        List.of(SshTokens.service(), ServerConnectionServiceFactory.INSTANCE));
    server.setShellFactory(
        channel -> new SshCommand(machine(cloud, channel), SshCommand.Kind.SHELL, ""));
    server.setCommandFactory(
        (channel, command) ->
            new SshCommand(machine(cloud, channel), SshCommand.Kind.COMMAND, command));
    server.setSubsystemFactories(List.of(new Sftp(cloud)));
    server.setChannelFactories(List.of(ChannelSessionFactory.INSTANCE, new DirectChannels(cloud)));
    server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    server.setGlobalRequestHandlers(List.of());
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("Tried to listen for SSH on the loopback but failed.", e);
    }
    return new SshGateway(server);
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      // It has stopped listening, which is all that is wanted.
    }
  }

  /** Returns the sandbox that the token of a connection opens, if it still does. */
  static Optional<CloudSandbox> sandbox(Cloud cloud, String token) {
    return cloud
        .access()
        .ssh(token)
        .flatMap(grant -> cloud.byId(grant.sandboxId()))
        .filter(sandbox -> !sandbox.gone());
  }

  private static Optional<Machine> machine(Cloud cloud, ChannelSession channel) {
    return sandbox(cloud, channel.getServerSession().getUsername())
        .filter(sandbox -> sandbox.state() == State.STARTED)
        .filter(sandbox -> !cloud.faults().toolboxDead(sandbox.id()))
        .map(CloudSandbox::machine);
  }

  private record Sftp(Cloud cloud) implements SubsystemFactory {
    @Override
    public String getName() {
      return "sftp";
    }

    @Override
    public Command createSubsystem(ChannelSession channel) {
      return new SshCommand(machine(cloud, channel), SshCommand.Kind.SFTP, "");
    }
  }

  private record DirectChannels(Cloud cloud) implements ChannelFactory, NamedResource {
    @Override
    public String getName() {
      return "direct-tcpip";
    }

    @Override
    public Channel createChannel(Session session) {
      return new DirectChannel(sandbox(cloud, session.getUsername()).map(CloudSandbox::machine));
    }
  }
}
