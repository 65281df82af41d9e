package dev.dispense.cli.ssh;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.cli.session.Attachment;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one connection by SSH has started in a sandbox. */
final class SshPrograms implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SshPrograms.class);
  private static final String SFTP =
      "for server in /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server"
          + " /usr/libexec/openssh/sftp-server /usr/libexec/sftp-server; do"
          + " if [ -x $server ]; then exec $server; fi; done;"
          + " echo 'dispense: This image has no sftp-server; scp -O and tar do without.' >&2;"
          + " exit 127";
  private static final String RUN =
      "if command -v bash >/dev/null 2>&1; then exec bash -c \"$1\"; else exec sh -c \"$1\"; fi";

  private final Sandbox sandbox;
  private final Set<ChannelTask> running = ConcurrentHashMap.newKeySet();

  SshPrograms(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  SshProgram shell() {
    return program(Attachment.SHELL);
  }

  SshProgram command(String text) {
    return program(Command.of("sh", "-c", RUN, "sh", text));
  }

  SshProgram sftp() {
    return program(Command.of("sh", "-c", SFTP));
  }

  private SshProgram program(Command command) {
    return new SshProgram(sandbox, command, this::begin);
  }

  /** Connects a channel with a port of the sandbox, until the server ends the connection. */
  ChannelTask connect(int port, InputStream in, OutputStream out, Runnable onEnd) {
    return begin(
        () -> {
          try {
            sandbox.connect(port, in, out);
          } catch (DispenseException e) {
            LOG.debug("A connection to port {} was cut", port, e);
          } finally {
            onEnd.run();
          }
        });
  }

  private ChannelTask begin(Runnable task) {
    AtomicReference<ChannelTask> self = new AtomicReference<>();
    ChannelTask work =
        new ChannelTask(
            () -> {
              try {
                task.run();
              } finally {
                running.remove(self.get());
              }
            });
    self.set(work);
    running.add(work);
    work.start();
    return work;
  }

  /** Ends all, and waits until it has ended. */
  @Override
  public void close() {
    running.forEach(ChannelTask::end);
  }
}
