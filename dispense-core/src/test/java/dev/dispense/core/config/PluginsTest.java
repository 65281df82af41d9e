package dev.dispense.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.Plugin;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
  /** Something to plug in; nothing of it is on the class path. */
  public interface Plug extends Plugin {}

  /** One that can be found. */
  public static final class Found implements Plug {
    @Override
    public Set<String> ids() {
      return Set.of("found");
    }
  }

  @TempDir Path directory;

  private static Plugins<Plug> plugins(Plug... plugs) {
    return new Plugins<>("plug", Plug.class, List.of(plugs), true);
  }

  /** Returns those of a program whose own loader has the services file. */
  private Plugins<Plug> pluginsOfProgram(String services, Plug... plugs) throws IOException {
    Path file = directory.resolve("META-INF/services/" + Plug.class.getName());
    Files.createDirectories(file.getParent());
    Files.writeString(file, services);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {directory.toUri().toURL()}, PluginsTest.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      return plugins(plugs);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void findsAPluginByEachOfItsIds() {
    Plug plug = () -> Set.of("a", "b");
    assertThat(plugins(plug).get("a")).isSameAs(plug);
    assertThat(plugins(plug).get("b")).isSameAs(plug);
  }

  @Test
  void prefersTheOnlyOneThatTheProgramAdded() throws IOException {
    assertThat(plugins(() -> Set.of("mine")).preferred()).contains("mine");
    assertThat(plugins().preferred()).isEmpty();
    assertThat(plugins(() -> Set.of("a"), () -> Set.of("b")).preferred()).isEmpty();
    assertThat(plugins(() -> Set.of("a", "b")).preferred()).isEmpty();
    assertThat(pluginsOfProgram(Found.class.getName()).preferred()).isEmpty();
    assertThat(pluginsOfProgram(Found.class.getName(), () -> Set.of("mine")).preferred())
        .contains("mine");
  }

  @Test
  void namesWhatThereIsWhenAnIdIsUnknown() {
    assertThatThrownBy(() -> plugins(() -> Set.of("docker"), () -> Set.of("cloud")).get("dok"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("There is no plug 'dok'. There is: cloud, docker.");
    assertThatThrownBy(() -> plugins().get("x")).hasMessageContaining("None is on the class path");
  }

  @Test
  void refusesTwoThatClaimOneIdWhoeverCameFirst() {
    assertThatThrownBy(() -> plugins(() -> Set.of("a"), () -> Set.of("b", "a")))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("Two implementations claim to be the plug 'a'");
  }

  @Test
  void findsWhatOnlyTheLoaderOfTheProgramKnows() throws IOException {
    assertThat(pluginsOfProgram(Found.class.getName()).get("found")).isInstanceOf(Found.class);
  }

  @Test
  void takesOneThatWasAddedAndIsFoundTooForOne() throws IOException {
    Plug added = new Found();
    assertThat(pluginsOfProgram(Found.class.getName(), added).get("found")).isSameAs(added);
  }

  @Test
  void refusesAnotherThatClaimsTheIdOfOneThatIsFound() {
    assertThatThrownBy(() -> pluginsOfProgram(Found.class.getName(), () -> Set.of("found")))
        .isInstanceOf(DispenseException.class)
        .hasMessageContaining("Two implementations claim to be the plug 'found'");
  }

  @Test
  void tellsOfAnEntryThatCannotBeLoadedToWhoAsksForWhatIsNotThere() throws IOException {
    Plugins<Plug> plugins = pluginsOfProgram("# plugs\nno.such.Class\n" + Found.class.getName());
    assertThat(plugins.get("found")).isInstanceOf(Found.class);
    assertThatThrownBy(() -> plugins.get("other"))
        .isExactlyInstanceOf(DispenseException.class)
        .hasMessageStartingWith("There is no plug 'other'. There is: found. Tried to load a plugin")
        .hasMessageContaining(directory.toUri().getPath())
        .hasMessageContaining(", line 2,")
        .hasMessageContaining("no.such.Class");
  }

  @Test
  void tellsTheLineOfAServicesFileThatIsNoSuchFile() throws IOException {
    Plugins<Plug> plugins = pluginsOfProgram("not a class name\n");
    assertThatThrownBy(() -> plugins.get("other"))
        .isExactlyInstanceOf(DispenseException.class)
        .hasMessageContaining(directory.toUri().getPath())
        .hasMessageContaining(":1:");
  }
}
