package dev.dispense.git;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.git.command.Git;
import dev.dispense.git.command.GitResult;
import dev.dispense.git.repository.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the settings that a project brings along. */
final class ProjectSettings {
  private static final String FILE = ".dispense.properties";
  private static final int MAX_BYTES = 64 << 10;

  private final Path directory;
  private final Optional<String> base;
  private final Environment host;

  ProjectSettings(Path directory, Optional<String> base, Environment host) {
    this.directory = directory;
    this.base = base;
    this.host = host;
  }

  /** Returns the text of the file in the commit that work starts from; without git, as it is. */
  Optional<String> read() {
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    Optional<Repository> repository = Repository.find(Git.of(host, directory));
    Optional<CommitId> commit = repository.flatMap(there -> there.start(base));
    return commit.isPresent() ? read(repository.get(), commit.get()) : readFile();
  }

  private Optional<String> read(Repository repository, CommitId commit) {
    String object = commit.value() + ":" + FILE;
    GitResult size = repository.shared().tryRun("cat-file", "-s", object);
    if (!size.isSuccess()) {
      return Optional.empty();
    }
    if (!size.line().matches("[0-9]{1,5}") || Integer.parseInt(size.line()) > MAX_BYTES) {
      throw tooLarge();
    }
    GitResult content = repository.shared().tryRun("cat-file", "blob", object);
    return content.isSuccess() ? Optional.of(content.text()) : Optional.empty();
  }

  private Optional<String> readFile() {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw tooLarge();
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read %s but failed because %s.".formatted(file, DispenseException.reason(e)),
          e);
    }
  }

  private RefusedException tooLarge() {
    return new RefusedException(
        "Refused to read %s because it is larger than 64 KiB, so not what belongs there."
            .formatted(directory.resolve(FILE)));
  }
}
