package dev.dispense.testkit.daytona.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The server of SFTP that runs in the container: the image's own, or else one of ours. */
final class SftpProgram {
  private static final String START =
      "for server in /usr/lib/openssh/sftp-server /usr/lib/ssh/sftp-server"
          + " /usr/libexec/openssh/sftp-server; do [ -x $server ] && exec $server; done;"
          + " exec perl -e \"$1\"";

  static final List<String> COMMAND = List.of("sh", "-c", START, "sh", program());

  private SftpProgram() {}

  private static String program() {
    try (InputStream stream =
        Objects.requireNonNull(SftpProgram.class.getResourceAsStream("sftp.pl"))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
