package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.spi.MachineSpec;
import dev.dispense.support.Archive;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files go in and come out as they are. */
abstract class ProviderTransfersContract extends ProviderPart {
  ProviderTransfersContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void aTreeComesBackAsItWent() throws IOException {
    Path tree = tree(contract.temporary.resolve("tree"));
    ContractMachine machine = create();
    provider().upload(machine.id(), machine.path("deep/down"), packed(tree));

    Path back = download(machine, machine.path("deep/down"));
    assertThat(DirectoryContent.describe(back.resolve("down")))
        .isEqualTo(DirectoryContent.describe(tree));
  }

  @Test
  void whatIsUploadedBelongsToTheUser() throws IOException {
    Path tree = tree(contract.temporary.resolve("tree"));
    MachineSpec spec = spec();
    ContractMachine machine = create(spec);
    provider().upload(machine.id(), machine.path("owned"), packed(tree));

    String owner = spec.uid() + ":" + spec.gid();
    assertThat(machine.output("find owned -exec stat -c %u:%g {} +").lines().distinct())
        .containsExactly(owner);
  }

  @Test
  void anUploadReplacesTheFilesThatItHasAndNoOthers() throws IOException {
    ContractMachine machine = create();
    machine.output("mkdir dir; echo old > dir/replaced; echo old > dir/kept");
    Path tree = contract.temporary.resolve("tree");
    Files.createDirectories(tree.resolve("dir"));
    Files.writeString(tree.resolve("dir/replaced"), "new\n");
    provider().upload(machine.id(), machine.layout().workspace(), packed(tree));

    assertThat(machine.output("cat dir/replaced dir/kept")).isEqualTo("new\nold\n");
  }

  @Test
  void uploadsReachEveryDirectoryOfTheLayout() throws IOException {
    Path tree = Files.createDirectories(contract.temporary.resolve("tree"));
    Files.writeString(tree.resolve("file"), "here\n");
    ContractMachine machine = create();
    for (String directory :
        new String[] {
          machine.layout().workspace(),
          machine.layout().dispense(),
          machine.layout().home(),
          machine.layout().secrets()
        }) {
      provider().upload(machine.id(), directory + "/below", packed(tree));
      assertThat(machine.output("cat \"$1/below/file\"", directory)).isEqualTo("here\n");
    }
  }

  @Test
  void anArchiveIsReadToItsEnd() throws IOException {
    Path tree = Files.createDirectories(contract.temporary.resolve("tree"));
    Files.writeString(tree.resolve("file"), "here");
    InputStream padded =
        new SequenceInputStream(packed(tree), new ByteArrayInputStream(new byte[3 << 20]));
    ContractMachine machine = create();
    provider().upload(machine.id(), machine.layout().workspace(), padded);

    assertThat(padded.read()).isNegative();
    assertThat(machine.output("cat file")).isEqualTo("here");
  }

  @Test
  void aSingleFileComesUnderItsOwnName() throws IOException {
    ContractMachine machine = create();
    String name = "it's a file ü.txt";
    machine.output("printf content > \"$1\"", name);

    Path back = download(machine, machine.path(name));
    assertThat(back.resolve(name)).hasContent("content");
    assertThat(DirectoryContent.describe(back)).hasSize(1);
  }

  @Test
  void namesThatAreNotUtf8GoInAsTheyCameOut() throws IOException {
    ContractMachine machine = create();
    machine.output(
        "mkdir from; cd from; printf x > \"$(printf 'f\\377')\"; ln -s \"$(printf '\\351')\" link");
    Path back = download(machine, machine.path("from"));
    provider().upload(machine.id(), machine.path("to"), packed(back));

    String list = "ls | od -c; readlink link | od -c";
    assertThat(machine.output("cd to/from; " + list))
        .isEqualTo(machine.output("cd from; " + list))
        .contains("377", "351");
  }

  @Test
  void aPathThatIsNotThereIsNotFound() {
    ContractMachine machine = create();

    assertThatThrownBy(() -> provider().download(machine.id(), machine.path("nothing")).close())
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void aDownloadThatIsClosedEarlyLeavesTheMachineUsable() throws IOException {
    ContractMachine machine = create();
    machine.output("head -c 50000000 /dev/zero > big");
    try (InputStream tar = provider().download(machine.id(), machine.path("big"))) {
      assertThat(tar.readNBytes(1000)).hasSize(1000);
    }

    assertThat(machine.output("echo fine")).isEqualTo("fine\n");
  }

  @Test
  void fiftyMegabytesComeBackAsTheyWent() throws IOException {
    Path tree = Files.createDirectories(contract.temporary.resolve("tree"));
    byte[] big = new byte[50_000_000];
    new Random(2).nextBytes(big);
    Files.write(tree.resolve("big"), big);
    ContractMachine machine = create();
    provider().upload(machine.id(), machine.layout().workspace(), packed(tree));

    Path back = download(machine, machine.path("big"));
    assertThat(Arrays.equals(Files.readAllBytes(back.resolve("big")), big)).isTrue();
  }

  @Test
  void aBrokenArchiveIsReported() {
    ContractMachine machine = create();
    InputStream noTar =
        new ByteArrayInputStream("no tar ".repeat(1000).getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> provider().upload(machine.id(), machine.layout().workspace(), noTar))
        .isInstanceOf(DispenseException.class);
  }

  private Path download(ContractMachine machine, String path) throws IOException {
    Path target = Files.createTempDirectory(contract.temporary, "back");
    try (InputStream tar = provider().download(machine.id(), path)) {
      Archive.unpack(tar, target, Archive.Limits.DEFAULT);
    }
    return target;
  }

  private static InputStream packed(Path directory) throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archive.pack(directory, tar);
    return new ByteArrayInputStream(tar.toByteArray());
  }

  private static Path tree(Path root) throws IOException {
    Files.createDirectories(root.resolve("empty"));
    Files.createDirectories(root.resolve("a/b"));
    Files.createDirectories(root.resolve("name ".repeat(30) + "/" + "deeper".repeat(30)));
    Files.writeString(root.resolve("name ".repeat(30) + "/" + "deeper".repeat(30) + "/f"), "long");
    Files.writeString(root.resolve("a/file"), "content\n");
    Files.writeString(root.resolve("a/.hidden"), "");
    Files.writeString(root.resolve("a/Grüße 漢字 🚀 it's"), "unicode");
    Files.writeString(root.resolve("-rf"), "not an option");
    Files.writeString(root.resolve("a/line\nbreak"), "newline");
    Files.writeString(root.resolve("run.sh"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        root.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setPosixFilePermissions(
        root.resolve("a/file"), PosixFilePermissions.fromString("r--r-----"));
    Files.setPosixFilePermissions(
        root.resolve("a/b"), PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(root.resolve("link"), Path.of("a/file"));
    Files.createSymbolicLink(root.resolve("a/b/up"), Path.of("../../run.sh"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("not/there"));
    return root;
  }
}
