package dev.dispense.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the walls between modules and between packages that docs/ARCHITECTURE.md tells of. */
class WallsTest {
  private static final int MOST_FILES = 30;
  private static final String CORE = "dev.dispense.core";

  @TempDir Path directory;

  private static PackageGraph graph(String module) {
    return PackageGraph.of(Path.of("..", module, "target", "classes"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dispense-api",
        "dispense-core",
        "dispense-git",
        "dispense-docker",
        "dispense-daytona",
        "dispense-agents",
        "dispense-testkit",
        "dispense-fake-daytona",
        "dispense-cli"
      })
  void packagesOfAModuleNameEachOtherInOneDirectionOnly(String module) {
    assertThat(graph(module).cycle()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dispense-api",
        "dispense-git",
        "dispense-docker",
        "dispense-daytona",
        "dispense-agents",
        "dispense-testkit",
        "dispense-fake-daytona"
      })
  void nobodyButTheCommandNamesTheCore(String module) {
    assertThat(graph(module).edges().values())
        .allSatisfy(named -> assertThat(named).noneMatch(it -> (it + ".").startsWith(CORE + ".")));
  }

  @Test
  void whatProgramsSeeNamesNothingElseOfOurs() {
    assertThat(graph("dispense-api").namedBy("dev.dispense")).isEmpty();
  }

  @Test
  void whatAuthorsSeeNamesOnlyWhatProgramsSee() {
    PackageGraph api = graph("dispense-api");
    assertThat(api.namedBy("dev.dispense.spi")).containsOnly("dev.dispense");
    assertThat(api.namedBy("dev.dispense.support")).containsOnly("dev.dispense");
  }

  @Test
  void theFakeDaytonaNamesNothingOfDispense() {
    assertThat(graph("dispense-fake-daytona").edges().values())
        .allSatisfy(
            named ->
                assertThat(named).allMatch(it -> it.startsWith("dev.dispense.testkit.daytona")));
  }

  @Test
  void noPackageIsAHall() throws IOException {
    Map<Path, Integer> files = new TreeMap<>();
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      for (Path module : modules.toList()) {
        Path sources = module.resolve("src/main/java");
        if (Files.isDirectory(sources)) {
          try (Stream<Path> all = Files.walk(sources)) {
            all.filter(it -> it.toString().endsWith(".java"))
                .filter(it -> !it.endsWith("package-info.java"))
                .forEach(it -> files.merge(it.getParent(), 1, Integer::sum));
          }
        }
      }
    }
    // What a program sees is one package, however many names that are.
    files.remove(Path.of("../dispense-api/src/main/java/dev/dispense"));
    assertThat(files).isNotEmpty();
    assertThat(files.values()).allMatch(count -> count <= MOST_FILES, files.toString());
  }

  @Test
  void aWallThatIsBrokenIsSeen() throws IOException {
    PackageGraph graph =
        compiled(
            "package dev.dispense.one; public class One { dev.dispense.two.Two two; }",
            "package dev.dispense.two; public class Two { dev.dispense.three.Three three; }",
            "package dev.dispense.three; public class Three { void go(dev.dispense.one.One one) {} }",
            "package dev.dispense.three; public class Core { dev.dispense.core.Inner inner; }",
            "package dev.dispense.core; public class Inner {}");

    assertThat(graph.cycle())
        .containsExactly(
            "dev.dispense.one", "dev.dispense.two", "dev.dispense.three", "dev.dispense.one");
    assertThat(graph.namedBy("dev.dispense.three")).isEqualTo(Set.of("dev.dispense.one", CORE));
  }

  /** Compiles classes, each of a package of its own name, and reads their graph. */
  private PackageGraph compiled(String... sources) throws IOException {
    Path classes = directory.resolve("classes");
    Stream.Builder<String> arguments = Stream.builder();
    List.of("-proc:none", "-d", classes.toString()).forEach(arguments);
    for (String source : sources) {
      Path file =
          directory.resolve(
              source.replaceAll(".*package ([\\w.]+);.* class (\\w+) .*", "$1/$2.java"));
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source).toString());
    }
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.build().toArray(String[]::new));
    assertThat(code).isZero();
    return PackageGraph.of(classes);
  }
}
