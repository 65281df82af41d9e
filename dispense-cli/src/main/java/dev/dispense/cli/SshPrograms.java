package dev.dispense.cli;

import dev.dispense.Command;
import dev.dispense.Forwarding;
import dev.dispense.Sandbox;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What one connection by SSH has started in a sandbox. */
final class SshPrograms implements AutoCloseable {
  private static final String SFTP =
      "for server in /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server"
          + " /usr/libexec/openssh/sftp-server /usr/libexec/sftp-server; do"
          + " if [ -x $server ]; then exec $server; fi; done;"
          + " echo 'dispense: This image has no sftp-server; scp -O and tar do without.' >&2;"
          + " exit 127";
  private static final String RUN =
      "if command -v bash >/dev/null 2>&1; then exec bash -c \"$1\"; else exec sh -c \"$1\"; fi";

  private final Sandbox sandbox;
  private final Map<Integer, Forwarding> forwardings = new ConcurrentHashMap<>();
  private final Set<SshProgram> running = ConcurrentHashMap.newKeySet();

  SshPrograms(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  SshProgram shell() {
    return program(ShellCommand.SHELL);
  }

  SshProgram command(String text) {
    return program(Command.of("sh", "-c", RUN, "sh", text));
  }

  SshProgram sftp() {
    return program(Command.of("sh", "-c", SFTP));
  }

  private SshProgram program(Command command) {
    SshProgram program = new SshProgram(sandbox, command, running::remove);
    running.add(program);
    return program;
  }

  /** Returns what leads to a port of the sandbox; the same for all connections to that port. */
  Forwarding forwarding(int port) {
    return forwardings.computeIfAbsent(port, sandbox::forward);
  }

  /** Ends all, and waits until it has ended. */
  @Override
  public void close() {
    for (SshProgram program : running) {
      program.end();
    }
    forwardings.values().forEach(Forwarding::close);
  }
}
