package dev.dispense.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Task;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent sees of the variables of its sandbox, whatever their names and values are. */
class TaskEnvironmentTest {
  private static final String KEY = "s3cret-canary";
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(?:^|[ ;(])([a-z]+)=|read (?:-r )?((?:[a-z]+ ?)+)|for ([a-z]+) in", 8);

  @TempDir Path root;

  @Test
  void a_variable_that_has_the_name_of_one_of_the_supervisor_stays_as_it_is() throws IOException {
    Map<String, String> variables = new TreeMap<>();
    supervisorsNames().forEach(name -> variables.put(name, "mine " + name));
    assertThat(variables).containsKeys("id", "secret", "dir", "boot", "file", "reason", "entry");

    String environment = environmentOfATask(variables);

    for (Map.Entry<String, String> variable : variables.entrySet()) {
      assertThat(environment).contains("\n" + variable.getKey() + "=" + variable.getValue() + "\n");
    }
  }

  @Test
  void a_value_reaches_the_agent_whatever_is_in_it() throws IOException {
    String value = "'\"$(x)`\\ \n\t\u0001=ü😀;&|*\r" + "x".repeat(100_000);

    assertThat(environmentOfATask(Map.of("VALUE", value))).contains("\nVALUE=" + value + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "4711"})
  void an_agent_is_told_who_the_user_is_also_where_that_is_the_images(String id)
      throws IOException {
    Path programs = Files.createDirectory(root.resolve("programs"));
    Path program = Files.writeString(programs.resolve("id"), "#!/bin/sh\necho " + id + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(environmentOfATask(Map.of("PATH", programs + ":" + System.getenv("PATH"))))
        .contains("\nROOT=" + id.equals("0") + "\n");
  }

  /** Runs a task whose agent prints its environment, and looks for the key in all files. */
  private String environmentOfATask(Map<String, String> variables) throws IOException {
    try (Dispense dispense = PromptShell.open(root, KEY);
        Sandbox sandbox = dispense.create(spec(variables))) {
      Task task =
          sandbox.run(TaskSpec.of("echo; env | grep -av ^SHELL_KEY=; env >/dev/null; echo END ok"));
      assertThat(task.await(Duration.ofSeconds(60)).state()).isEqualTo(TaskInfo.State.SUCCEEDED);
      ByteArrayOutputStream log = new ByteArrayOutputStream();
      task.log(0, false, log);
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(Files.readString(file, ISO_8859_1)).as("%s", file).doesNotContain(KEY);
        }
      }
      sandbox.delete();
      return log.toString(UTF_8);
    }
  }

  private static SandboxSpec spec(Map<String, String> variables) {
    SandboxSpec.Builder spec = SandboxSpec.builder("tasks");
    variables.forEach(spec::environment);
    return spec.build();
  }

  /** Returns the names of all variables that the program in the sandbox sets. */
  private static Set<String> supervisorsNames() throws IOException {
    Set<String> names = new TreeSet<>();
    for (String part : List.of("variables.sh", "processes.sh", "answers.sh", "supervisor.sh")) {
      try (InputStream in = Dispense.class.getResourceAsStream("/dev/dispense/core/task/" + part)) {
        String program = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
        Matcher matcher = ASSIGNMENT.matcher(program.replaceAll("(?m)^ *#.*", ""));
        while (matcher.find()) {
          for (int i = 1; i <= matcher.groupCount(); i++) {
            if (matcher.group(i) != null) {
              names.addAll(List.of(matcher.group(i).strip().split(" ")));
            }
          }
        }
      }
    }
    return names;
  }
}
