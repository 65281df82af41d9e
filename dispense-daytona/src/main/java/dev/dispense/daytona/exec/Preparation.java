package dev.dispense.daytona.exec;

import dev.dispense.Command;
import dev.dispense.PrintableText;
import dev.dispense.Streams;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.sandbox.CompletedCommands;
import dev.dispense.daytona.sandbox.Layout;
import dev.dispense.daytona.sandbox.Toolbox;
import dev.dispense.support.ShellScript;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes the directories of the layout in a started sandbox; what is in memory, after each start.
 */
public final class Preparation {
  private static final String PROGRAM = ShellScript.read(Preparation.class, "prepare.sh");

  private Preparation() {}

  /**
   * Makes the directories.
   *
   * @throws UnavailableException when the sandbox's user may not
   */
  public static void run(Toolbox toolbox, CompletedCommands finished, String machineId) {
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Command command =
        Command.of(
                List.of(
                    "sh",
                    "-c",
                    PROGRAM,
                    "sh",
                    Layout.PATHS.secrets(),
                    Layout.PATHS.workspace(),
                    Layout.PATHS.dispense(),
                    Layout.PATHS.home()))
            .in("/");
    int code =
        Exec.run(
            toolbox,
            finished,
            machineId,
            command,
            Streams.of(OutputStream.nullOutputStream(), stderr));
    if (code != 0) {
      throw new UnavailableException(
          "Tried to make the directories "
              + Layout.PATHS.workspace()
              + " and "
              + Layout.PATHS.dispense()
              + " in the sandbox but failed because its user is neither root nor may use sudo"
              + " without a password: "
              + PrintableText.printable(stderr.toString(StandardCharsets.UTF_8), 300)
              + ". Use an image or a snapshot that has these directories, owned by its user.");
    }
  }
}
