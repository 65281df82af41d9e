package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Risk;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files by which {@code git submodule} could be made to run something, were they accepted. */
class HostileSubmoduleTest {
  @TempDir static Path temporary;
  private static HostileSandbox sandbox;

  @BeforeAll
  static void makeSandbox() throws IOException {
    sandbox = HostileSandbox.in(temporary);
  }

  private static void assertRefused(String name, String module, String reason) {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.commitOf("100644", name, objects.blob(module));
    sandbox.assertRefused(objects.result(work), reason);
  }

  private static String module(String name, String line) {
    return "[submodule \"" + name + "\"]\n\t" + line + "\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".gitmodules", ".GitModules", "gitmod~1", "gi7eba~1", ".git\u200cmodules"})
  void whatIsNamedLikeTheListOfSubmodules(String name) {
    HostileObjects link = sandbox.objects();
    ObjectId work = link.commitOf("120000", name, link.blob("x"));
    sandbox.assertRefused(link.result(work), "gitmodulesSymlink");

    HostileObjects directory = sandbox.objects();
    work = directory.commitOf("40000", name, directory.tree());
    sandbox.assertRefused(directory.result(work), "gitmodulesBlob");

    assertRefused(name, module("x", "url = -u./payload"), "gitmodulesUrl");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-u./payload",
        "../../../../../:x/y",
        "http://a%0ahost=b",
        "./%0ahost=b",
        "\"http://a\\nb\"",
      })
  void anAddressThatIsAnOptionOrHasSeveralLines(String url) {
    assertRefused(".gitmodules", module("x", "url = " + url), "gitmodulesUrl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"path = -x", "update = !touch ran"})
  void aSettingThatIsAnOptionOrACommand(String setting) {
    assertRefused(".gitmodules", module("x", setting), "disallowed submodule");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "x/../../y"})
  void aNameThatLeadsOutOfTheGitDirectory(String name) {
    assertRefused(".gitmodules", module(name, "path = x"), "gitmodulesName");
  }

  /** Git does nothing with these until somebody asks for the submodule, and then refuses them. */
  @ParameterizedTest
  @ValueSource(
      strings = {"url = ext::sh -c touch", "path = ../x", "path = .git/x", "url = file:///"})
  void whatGitRefusesOnUseIsARisk(String setting) {
    HostileObjects objects = sandbox.objects();
    ObjectId work = objects.commitOf("100644", ".gitmodules", objects.blob(module("x", setting)));

    assertThat(sandbox.send(objects.result(work)).risks())
        .extracting(Risk::kind)
        .contains(Risk.Kind.SUBMODULE);
  }
}
