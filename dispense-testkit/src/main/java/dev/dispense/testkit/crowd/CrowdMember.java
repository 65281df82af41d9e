package dev.dispense.testkit.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.NameTakenException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.agent.ScriptedLines;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one of many does in a {@link ConcurrencyContract}: as a thread, or as a process of its own,
 * which says that it is ready on its standard output and begins when its standard input ends.
 */
final class CrowdMember {
  /** Printed by a process that may begin. */
  static final String READY = "ready";

  /** Ends a process that was told that the name which it wanted is taken. */
  static final int NAME_TAKEN = 17;

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private CrowdMember() {}

  /**
   * Runs {@code <contract> <directory> work|claim <name> <repository>}, or {@code ... read|follow
   * <sandbox> <task>}.
   */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    try (Dispense dispense = contract(arguments[0]).open(Path.of(arguments[1]))) {
      System.out.println(READY);
      while (System.in.read() >= 0) {
        // Whoever started this process ends it by closing the stream.
      }
      switch (arguments[2]) {
        case "work" -> work(dispense, arguments[3], Path.of(arguments[4]));
        case "claim" -> claim(dispense, arguments[3], Path.of(arguments[4])).close();
        case "read" -> System.out.println(CrowdReaders.read(dispense, arguments[3], arguments[4]));
        case "follow" ->
            System.out.println(CrowdReaders.follow(dispense, arguments[3], arguments[4]));
        default -> throw new IllegalArgumentException(arguments[2]);
      }
    } catch (NameTakenException e) {
      System.out.println(e.getMessage());
      System.exit(NAME_TAKEN);
    }
  }

  private static ConcurrencyContract contract(String type) throws ReflectiveOperationException {
    Constructor<?> constructor = Class.forName(type).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (ConcurrencyContract) constructor.newInstance();
  }

  /** The argv of a process that does one of the above. */
  static List<String> command(
      ConcurrencyContract contract, Path directory, List<String> arguments) {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.add("-Xmx" + contract.heapMebibytes() + "m");
    argv.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    argv.addAll(List.of(System.getProperty("java.class.path"), CrowdMember.class.getName()));
    argv.addAll(List.of(contract.getClass().getName(), directory.toString()));
    argv.addAll(arguments);
    return argv;
  }

  /** Creates a sandbox, has an agent work in it, sees it in the list, and deletes it. */
  static void work(Dispense dispense, String name, Path repository) {
    try (Sandbox sandbox = claim(dispense, name, repository)) {
      Task task =
          sandbox.run(
              TaskSpec.of(
                  "echo 'by %1$s' > by-%1$s && git add . && git commit -qm 'By %1$s' && %2$s"
                      .formatted(name, CrowdMember.SUCCEED)));
      assertThat(task.await(PATIENCE).state()).as(name).isEqualTo(TaskInfo.State.SUCCEEDED);
      assertThat(dispense.list()).extracting(SandboxInfo::name).contains(sandbox.name());
      sandbox.changes().fetchInto(repository);
      sandbox.delete();
    }
    assertThat(dispense.list())
        .extracting(info -> info.name().value())
        .as("the list after the deletion")
        .doesNotContain(name);
    assertThat(Files.exists(repository)).isTrue();
  }

  /** Creates a sandbox. */
  static Sandbox claim(Dispense dispense, String name, Path repository) {
    return dispense.create(
        SandboxSpec.builder(name).agent("crowd").source(Source.directory(repository)).build());
  }

  /** A shell command by which the agent of these tests says that it succeeded. */
  static final String SUCCEED = "printf '" + ScriptedLines.RESULT + "true\\tdone\\t\\n'";
}
