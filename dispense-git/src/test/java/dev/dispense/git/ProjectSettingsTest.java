package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.NotFoundException;
import dev.dispense.RefusedException;
import dev.dispense.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectSettingsTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  private Optional<String> settings(Source source) {
    return new GitSourceProvider().settings(source, test.host(Map.of()));
  }

  private void write(String text) throws IOException {
    Files.writeString(repository.resolve(".dispense.properties"), text);
  }

  @Test
  void areThoseOfTheCommitThatWorkStartsFrom() throws IOException {
    Source source = Source.directory(repository);
    assertThat(settings(source)).isEmpty();
    write("network=none\n");
    assertThat(settings(source)).as("not committed").isEmpty();
    test.git(repository, "add", ".");
    test.git(repository, "commit", "-qm", "Want no network");
    write("network.hosts=evil.example\n");
    assertThat(settings(source)).hasValue("network=none\n");
    assertThat(settings(source.withBase("HEAD~1"))).isEmpty();
    assertThatThrownBy(() -> settings(source.withBase("nothing")))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void areTheFileOfADirectoryWithoutGit() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("plain"));
    assertThat(settings(Source.directory(directory))).isEmpty();
    Files.writeString(directory.resolve(".dispense.properties"), "network=none\n");
    assertThat(settings(Source.directory(directory))).hasValue("network=none\n");
    assertThat(settings(Source.empty())).isEmpty();
    assertThat(settings(Source.directory(temporary.resolve("missing")))).isEmpty();
  }

  @Test
  void areRefusedWhenTheyAreTooLarge() throws IOException {
    write("#".repeat(70_000));
    test.git(repository, "add", ".");
    test.git(repository, "commit", "-qm", "Say much");
    assertThatThrownBy(() -> settings(Source.directory(repository)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("64 KiB");
  }
}
