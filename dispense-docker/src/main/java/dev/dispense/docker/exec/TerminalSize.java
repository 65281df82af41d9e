package dev.dispense.docker.exec;

import com.github.dockerjava.api.exception.DockerException;
import dev.dispense.DispenseException;
import dev.dispense.Streams;
import dev.dispense.docker.engine.Engine;
import dev.dispense.support.SizeFollower;
import java.util.Optional;

/** The size of a command's terminal, which cannot be set before the command has started. */
record TerminalSize(Engine engine, String execId) implements SizeFollower.Target {
  /** Follows a terminal until what is returned is closed. */
  SizeFollower follow(Streams.Terminal terminal) {
    return SizeFollower.start(terminal, Optional.empty(), this);
  }

  @Override
  public boolean resize(Streams.Terminal.Size size) {
    try {
      return engine.call(
          "resize the terminal",
          client -> {
            try {
              client.resizeExecCmd(execId).withSize(size.rows(), size.columns()).exec();
              return true;
            } catch (DockerException e) {
              return false;
            }
          });
    } catch (DispenseException e) {
      return false;
    }
  }
}
