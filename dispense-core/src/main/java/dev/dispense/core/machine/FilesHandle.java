package dev.dispense.core.machine;

import dev.dispense.Command;
import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.SandboxFiles;
import dev.dispense.Streams;
import dev.dispense.support.BoundedOutput;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Single files of a sandbox, each call a short command there. */
public final class FilesHandle implements SandboxFiles {
  private static final int ABSENT = 66;
  private static final int OTHER_KIND = 67;

  private static final String READ =
      "[ -e \"$1\" ] || exit 66; [ -f \"$1\" ] || exit 67; exec cat <\"$1\"";
  private static final String WRITE =
      "[ ! -e \"$1\" ] || [ -f \"$1\" ] || exit 67; mkdir -p \"${1%/*}/\" && cat >\"$1\"";
  private static final String LIST =
      """
      [ -e "$1" ] || exit 66
      [ -d "$1" ] || exit 67
      ls "$1" >/dev/null || exit 1
      for entry in "$1"/* "$1"/.*; do
        name=${entry##*/}
        if [ "$name" = . ] || [ "$name" = .. ]; then continue; fi
        if [ -d "$entry" ] && [ ! -L "$entry" ]; then
          printf '%s/\\0' "$name"
        elif [ -e "$entry" ] || [ -L "$entry" ]; then
          printf '%s\\0' "$name"
        fi
      done
      """;
  private static final String EXISTS = "[ -e \"$1\" ] || [ -L \"$1\" ] || exit 66";
  private static final String DELETE = "exec rm -rf \"$1\"";

  private final SandboxConnection connection;

  public FilesHandle(SandboxConnection connection) {
    this.connection = connection;
  }

  @Override
  public byte[] read(String path) {
    return run("read", path, READ, new byte[0]);
  }

  @Override
  public String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  @Override
  public void write(String path, byte[] content) {
    run("write", path, WRITE, content);
  }

  @Override
  public void writeText(String path, String text) {
    write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public List<String> list(String directory) {
    String names = new String(run("list", directory, LIST, new byte[0]), StandardCharsets.UTF_8);
    return Stream.of(names.split("\0", -1)).filter(name -> !name.isEmpty()).sorted().toList();
  }

  @Override
  public boolean exists(String path) {
    try {
      run("look for", path, EXISTS, new byte[0]);
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  @Override
  public void delete(String path) {
    Path normal = Path.of(absolute(path)).normalize();
    if (Path.of(connection.layout().workspace()).startsWith(normal)) {
      throw new RefusedException(
          "Refused to delete %s because the workspace of the sandbox '%s' is there."
              .formatted(PrintableText.printable(path, 200), connection.name()));
    }
    run("delete", path, DELETE, new byte[0]);
  }

  private byte[] run(String doing, String path, String script, byte[] stdin) {
    BoundedOutput stdout = BoundedOutput.failingOver(SandboxConnection.SHORT_OUTPUT);
    BoundedOutput stderr = BoundedOutput.failingOver(SandboxConnection.SHORT_OUTPUT);
    Command command = Command.of("sh", "-c", script, "sh", absolute(path));
    int code =
        connection.exec(command, Streams.of(new ByteArrayInputStream(stdin), stdout, stderr));
    String what =
        "Tried to %s %s in the sandbox '%s' but failed because "
            .formatted(doing, PrintableText.printable(path, 200), connection.name());
    switch (code) {
      case 0 -> {
        return stdout.bytes();
      }
      case ABSENT -> throw new NotFoundException(what + "there is nothing of that name.");
      case OTHER_KIND -> throw new RefusedException(what + "it is not of that kind.");
      default ->
          throw new DispenseException(
              what + PrintableText.printable(stderr.toString().strip(), 500));
    }
  }

  private String absolute(String path) {
    if (path.isBlank() || path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "not a path: '" + PrintableText.printable(path, 200) + "'");
    }
    return path.startsWith("/") ? path : connection.layout().workspace() + "/" + path;
  }
}
