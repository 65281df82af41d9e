package dev.dispense.cli.ssh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserSshConfigTest {
  private static final Path OURS = Path.of("/state/ssh/config");
  private static final String LINE = "Include \"/state/ssh/config\"\n";

  @TempDir private Path home;

  @Test
  void isMadeForTheUserAloneWhereThereIsNone() throws IOException {
    assertThat(new UserSshConfig(home).include(OURS)).isTrue();

    assertThat(config()).hasContent(LINE.strip());
    assertThat(permissions(config())).isEqualTo("rw-------");
    assertThat(permissions(home.resolve(".ssh"))).isEqualTo("rwx------");
  }

  @Test
  void keepsWhatIsInItByteByByteAndItsPermissions() throws IOException {
    String own = "# Käse\r\nHost other\n  User me";
    write(own.getBytes(ISO_8859_1));
    Files.setPosixFilePermissions(config(), PosixFilePermissions.fromString("rw-r-----"));

    assertThat(new UserSshConfig(home).include(OURS)).isTrue();

    assertThat(Files.readString(config(), ISO_8859_1)).isEqualTo(LINE + own);
    assertThat(permissions(config())).isEqualTo("rw-r-----");
    assertThat(besides()).isEmpty();
  }

  @Test
  void isChangedOnce() throws IOException {
    new UserSshConfig(home).include(OURS);
    write(("# moved down by its owner\n\n  " + LINE + "Host other\n").getBytes(ISO_8859_1));

    assertThat(new UserSshConfig(home).include(OURS)).isFalse();
    assertThat(Files.readString(config())).containsOnlyOnce(LINE.strip());
  }

  @Test
  void isChangedWhereTheLineIsAboutOneHostOnly() throws IOException {
    write(("Host other\n  " + LINE).getBytes(ISO_8859_1));

    assertThat(new UserSshConfig(home).include(OURS)).isTrue();
    assertThat(Files.readString(config())).startsWith(LINE + "Host other\n");
  }

  @Test
  void isFollowedWhereItIsALink() throws IOException {
    Path real = home.resolve("dotfiles/ssh_config");
    Files.createDirectories(real.getParent());
    Files.writeString(real, "Host other\n");
    Files.createDirectories(config().getParent());
    Files.createSymbolicLink(config(), real);

    new UserSshConfig(home).include(OURS);

    assertThat(config()).isSymbolicLink();
    assertThat(real).hasContent(LINE + "Host other");
  }

  @Test
  void isLeftAloneWhenItCannotBeReadAndItIsSaidWhatToDo() throws IOException {
    Files.createDirectories(config());

    assertThatThrownBy(() -> new UserSshConfig(home).include(OURS))
        .isInstanceOf(DispenseException.class)
        .hasMessageContainingAll("Tried to add a line to", LINE.strip());
    assertThat(config()).isEmptyDirectory();
  }

  @Test
  void takesNoPathThatWouldMeanMoreInIt() {
    assertThatThrownBy(() -> new UserSshConfig(home).include(Path.of("/a\"\nProxyCommand id")))
        .isInstanceOf(RefusedException.class);
    assertThat(config()).doesNotExist();
  }

  private Path config() {
    return home.resolve(".ssh/config");
  }

  private void write(byte[] content) throws IOException {
    Files.createDirectories(config().getParent());
    Files.write(config(), content);
  }

  private Stream<Path> besides() throws IOException {
    try (Stream<Path> files = Files.list(config().getParent())) {
      return files.filter(file -> !file.equals(config())).toList().stream();
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
