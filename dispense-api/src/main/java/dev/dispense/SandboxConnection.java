package dev.dispense;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;

/** A running sandbox at its provider: the few calls that all else in the core is built on. */
record SandboxConnection(SandboxProvider provider, String machineId, SandboxLayout layout) {

  int exec(Command command, Streams streams) {
    Command placed =
        command.workingDirectory().isPresent() ? command : command.in(layout.workspace());
    return provider.exec(machineId, placed, streams);
  }

  /** Runs a short command and gathers what it writes. */
  ExecResult exec(Command command, byte[] stdin) {
    BoundedOutput stdout = new BoundedOutput();
    BoundedOutput stderr = new BoundedOutput();
    Streams streams =
        stdin.length == 0
            ? Streams.of(stdout, stderr)
            : Streams.of(new ByteArrayInputStream(stdin), stdout, stderr);
    int exitCode = exec(command, streams);
    return new ExecResult(exitCode, stdout.toString(), stderr.toString());
  }

  ExecResult exec(Command command) {
    return exec(command, new byte[0]);
  }

  /** Runs a command and hands its output on, line by line. */
  int exec(Command command, LineOutput stdout, OutputStream stderr) {
    int exitCode = exec(command, Streams.of(stdout, stderr));
    stdout.finish();
    return exitCode;
  }
}
