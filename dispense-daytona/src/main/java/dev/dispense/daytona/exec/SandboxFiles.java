package dev.dispense.daytona.exec;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.LaunchScript;
import dev.dispense.daytona.sandbox.Layout;
import dev.dispense.daytona.sandbox.Toolbox;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Moves files into and out of sandboxes as tar archives. They are the input and the output of a tar
 * in the sandbox, so they survive a connection that breaks, need no room there, and nothing that is
 * half there has to be cleaned up.
 */
public final class SandboxFiles {
  private static final int NO_SUCH_PATH = 44;

  // What follows the end of the archive is read too: who sends it may wait for that.
  private static final String EXTRACT =
      "mkdir -p -- \"$1\" && cd -- \"$1\" && gzip -dc | { tar -xpof - && cat >/dev/null; }";

  private static final String PACK =
      "[ -e \"$1/$2\" ] || [ -L \"$1/$2\" ] || exit "
          + NO_SUCH_PATH
          + "; exec 3>&1; code=$({ { tar -cf - -C \"$1/\" -- \"$2\"; echo $? >&4; }"
          + " | gzip -1 >&3 3>&-; } 4>&1); exit \"$code\"";

  private final Toolbox toolbox;
  private final CompletedCommands finished;

  public SandboxFiles(Toolbox toolbox, CompletedCommands finished) {
    this.toolbox = toolbox;
    this.finished = finished;
  }

  /** Extracts an archive as {@link dev.dispense.spi.SandboxProvider#upload} says. */
  public void upload(String machineId, String directory, InputStream tar) {
    String target = absolute(directory);
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Command extract = Command.of("sh", "-c", EXTRACT, "sh", target).in("/");
    Streams streams = Streams.of(new GzipInput(tar), OutputStream.nullOutputStream(), stderr);
    int code = Exec.run(toolbox, finished, machineId, extract, streams);
    if (code != 0) {
      throw new DispenseException(
          "Tried to upload files to "
              + PrintableText.printable(target, 200)
              + " in the sandbox but failed because tar said: "
              + PrintableText.printable(stderr.toString(StandardCharsets.UTF_8), 500)
              + ". See whether its user may write there, and whether there is room.");
    }
  }

  /** Streams an archive as {@link dev.dispense.spi.SandboxProvider#download} says. */
  public InputStream download(String machineId, String path) {
    String source = absolute(path);
    if (Layout.isInMemory(source)) {
      throw new RefusedException(
          "Refused to download from "
              + Layout.PATHS.secrets()
              + ": what is there must not leave the sandbox.");
    }
    int slash = source.lastIndexOf('/');
    String name = source.substring(slash + 1);
    String doing = "download " + PrintableText.printable(source, 200) + " from the sandbox";
    Command pack =
        Command.of("sh", "-c", PACK, "sh", source.substring(0, slash), name.isEmpty() ? "." : name)
            .in("/");
    Download download =
        Download.open(
            new RunnerSession(toolbox, finished, machineId, doing), LaunchScript.of(pack));
    if (download.endedWith(NO_SUCH_PATH)) {
      throw new NotFoundException(
          "Tried to " + doing + " but failed because there is no such file or directory.");
    }
    return new Unzipped(download);
  }

  private static String absolute(String path) {
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "'" + PrintableText.printable(path, 200) + "' is not an absolute path in a sandbox.");
    }
    return Path.of(path).normalize().toString();
  }
}
