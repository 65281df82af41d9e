package dev.dispense.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("file");
  }

  @Test
  void isWrittenForItsOwnerAlone() throws IOException {
    WholeFile.write(file, "\u00e4");

    assertThat(file).hasContent("\u00e4");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void replacesWhatIsThereAndLeavesNothingBeside() throws IOException {
    WholeFile.write(file, "before, which is longer");
    WholeFile.write(file, new byte[] {'n', 'o', 'w'});

    assertThat(file).hasContent("now");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void becomesWhatTheDraftIs() throws IOException {
    WholeFile.write(
        file,
        draft -> {
          Files.writeString(draft, "now");
          Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r-----"));
        });

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
  }

  @Test
  void whatWasThereStaysWhenWritingFails() throws IOException {
    WholeFile.write(file, "before");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                WholeFile.write(
                    file,
                    draft -> {
                      Files.writeString(draft, "half");
                      throw new IOException("full");
                    }))
        .withMessage("full");
    assertThat(file).hasContent("before");
    assertThat(directory.toFile().list()).hasSize(1);
  }

  @Test
  void replacesALinkAndNotWhatItLeadsTo() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "other");
    Files.createSymbolicLink(file, other);

    WholeFile.write(file, "now");

    assertThat(file).isRegularFile().isNotEqualTo(other).hasContent("now");
    assertThat(Files.isSymbolicLink(file)).isFalse();
    assertThat(other).hasContent("other");
  }
}
