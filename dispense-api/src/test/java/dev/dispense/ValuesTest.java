package dev.dispense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dispense.spi.Mount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The value types check what they are given, once. */
class ValuesTest {
  @Test
  void aRiskIsShownOnOneLineThatATerminalCanTake() {
    assertThat(new Risk("a\u001b[31m\nb\u202e", Risk.Kind.NAME, "its name deceives"))
        .hasToString("a b (name): its name deceives");
  }

  @Test
  void aSandboxNameIsLowerCaseLettersDigitsAndHyphens() {
    for (String name : List.of("a", "7", "fix-login", "a--b", "0-0", "x".repeat(50))) {
      assertThat(new SandboxName(name)).hasToString(name);
      assertThat(SandboxName.isValid(name)).isTrue();
    }
    for (String name :
        List.of(
            "",
            "-",
            "-a",
            "a-",
            "A",
            "a_b",
            "a.b",
            "a/b",
            "..",
            "a b",
            "a\n",
            "\na",
            "ä",
            "a\0",
            "x".repeat(51),
            "a;b",
            "$(id)",
            "--help",
            "\u0660")) {
      assertThat(SandboxName.isValid(name)).as(name).isFalse();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SandboxName(name))
          .withMessageContaining("such as fix-login");
    }
  }

  @Test
  void aSandboxExpiresAfterWholeSecondsOfAYearAtTheMost() {
    SandboxSpec.Builder spec = SandboxSpec.builder("box");
    assertThat(spec.build().expiresAfter()).isEmpty();
    assertThat(spec.expiresAfter(Duration.ofMillis(1001)).build().expiresAfter())
        .contains(Duration.ofSeconds(2));
    assertThat(spec.expiresAfter(Duration.ofNanos(1)).build().expiresAfter())
        .contains(Duration.ofSeconds(1));
    for (Duration wrong :
        List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(365).plusNanos(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> spec.expiresAfter(wrong).build())
          .withMessageContaining("1 second to 365 days");
    }
  }

  @Test
  void aBuilderOfASandboxBeginsWithAllThatItHas() {
    SandboxSpec spec =
        SandboxSpec.builder("box")
            .source(Source.empty())
            .provider("p")
            .agent("a")
            .model("m")
            .image("i")
            .resources(Resources.DEFAULT.withCpus(1))
            .network(NetworkPolicy.NONE)
            .allowHost("example.com")
            .environment("A", "b")
            .withoutSupervisor()
            .expiresAfter(Duration.ofHours(1))
            .build();

    assertThat(spec.toBuilder().build()).isEqualTo(spec);
    assertThat(spec.toBuilder().name(new SandboxName("other")).build().name()).hasToString("other");
  }

  @Test
  void theMessageOfANameIsSafeToPrint() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SandboxName("\u001b]0;evil\u0007" + "X".repeat(1000)))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b").hasSizeLessThan(300));
  }

  @Test
  void namesAreOrderedAsText() {
    assertThat(List.of(new SandboxName("b"), new SandboxName("a1"), new SandboxName("a")))
        .isSortedAccordingTo(java.util.Comparator.reverseOrder());
  }

  @Test
  void aSecretPrintsAsStars() {
    Secret secret = Secret.of("s3cret");

    assertThat(secret).hasToString("***").isEqualTo(Secret.of("s3cret"));
    assertThat(secret).hasSameHashCodeAs(Secret.of("s3cret")).isNotEqualTo(Secret.of("other"));
    assertThat(secret.reveal()).isEqualTo("s3cret");
    assertThat(secret.mask("a s3cret and a s3cret")).isEqualTo("a *** and a ***");
    assertThat(TaskSpec.builder("x").secret("KEY", secret).build().toString())
        .doesNotContain("s3cret");
  }

  @Test
  void aSecretIsOneLine() {
    for (String value : List.of("", "a\nb", "a\r", "\0", "a\n")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Secret.of(value))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("a\n"));
    }
  }

  @Test
  void aCommandNeedsAProgramAndNoNul() {
    for (List<String> argv :
        List.of(List.<String>of(), List.of(""), List.of("", "x"), List.of("x", "a\0b"))) {
      assertThatIllegalArgumentException().isThrownBy(() -> Command.of(argv));
    }
    assertThat(Command.of("sh", "").argv()).containsExactly("sh", "");
  }

  @Test
  void aCommandChecksItsVariables() {
    for (Map<String, String> variables :
        List.of(
            Map.of("", "x"),
            Map.of("A=B", "x"),
            Map.of("A\0", "x"),
            Map.of("A", "x\0"),
            Map.of("=", ""))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Command.of("x").withEnvironment(variables));
    }
    assertThat(Command.of("x").withEnvironment(Map.of("A", "b=c\nd")).environment())
        .containsEntry("A", "b=c\nd");
  }

  @Test
  void aCommandChecksDirectoryUserAndTimeout() {
    Command command = Command.of("x");
    for (String directory : List.of("", "relative", "./x", "/a\0")) {
      assertThatIllegalArgumentException().isThrownBy(() -> command.in(directory));
    }
    for (String user :
        List.of("", "root", "0:", ":0", "1:2:3", "-1", "1 2", "1\n", "99999999999")) {
      assertThatIllegalArgumentException().as(user).isThrownBy(() -> command.as(user));
    }
    for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatIllegalArgumentException().isThrownBy(() -> command.within(timeout));
    }
    assertThat(command.in("/a b").as("1000:100").within(Duration.ofNanos(1)))
        .isEqualTo(
            new Command(
                List.of("x"),
                Map.of(),
                Optional.of("/a b"),
                Optional.of("1000:100"),
                Optional.of(Duration.ofNanos(1))));
  }

  @Test
  void aCommandCopiesWhatItIsGiven() {
    List<String> argv = new ArrayList<>(List.of("x"));
    Map<String, String> variables = new HashMap<>();
    Command command = Command.of(argv).withEnvironment(variables);
    argv.add("later");
    variables.put("LATER", "later");

    assertThat(command.argv()).containsExactly("x");
    assertThat(command.environment()).isEmpty();
  }

  @Test
  void resourcesHaveRanges() {
    Resources resources = Resources.DEFAULT;
    for (double cpus : new double[] {0, 0.009, -1, 4097, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException().isThrownBy(() -> resources.withCpus(cpus));
    }
    for (long memory : new long[] {0, -1, (64L << 20) - 1, Long.MIN_VALUE}) {
      assertThatIllegalArgumentException().isThrownBy(() -> resources.withMemoryBytes(memory));
    }
    for (int processes : new int[] {0, 15, -1}) {
      assertThatIllegalArgumentException().isThrownBy(() -> resources.withProcesses(processes));
    }
    assertThat(resources.withCpus(0.01).withMemoryBytes(64L << 20).withProcesses(16))
        .isEqualTo(new Resources(0.01, 64L << 20, 16));
    assertThat(resources).isEqualTo(new Resources(2, 4L << 30, 2048));
  }

  @Test
  void aCommitIdIsWhole() {
    String sha1 = "0123456789abcdef0123456789abcdef01234567";
    String sha256 = sha1 + "0123456789abcdef01234567";
    assertThat(new CommitId(sha1)).hasToString(sha1);
    assertThat(new CommitId(sha256).abbreviated()).isEqualTo("0123456789");
    for (String id :
        List.of(
            "",
            "HEAD",
            "0123456",
            sha1 + "\n",
            sha1 + "0",
            sha1.toUpperCase(java.util.Locale.ROOT),
            "-" + sha1.substring(1))) {
      assertThatIllegalArgumentException().isThrownBy(() -> new CommitId(id));
    }
  }

  @Test
  void aTaskNeedsAPromptThatAgentsTake() {
    int limit = 8 << 20;
    for (String prompt :
        List.of("", " \n\t", "a\0b", "x".repeat(limit + 1), "ü".repeat(limit / 2 + 1))) {
      assertThatIllegalArgumentException().isThrownBy(() -> TaskSpec.of(prompt));
    }
    assertThat(TaskSpec.of("ü".repeat(limit / 2)).prompt()).hasSize(limit / 2);
    assertThat(TaskSpec.of("x").timeout()).isEqualTo(Duration.ofHours(6));
  }

  @Test
  void aTaskChecksItsLimits() {
    for (TaskSpec.Builder builder :
        List.of(
            TaskSpec.builder("x").maxTurns(0),
            TaskSpec.builder("x").maxTurns(-1),
            TaskSpec.builder("x").resume(0),
            TaskSpec.builder("x").timeout(Duration.ZERO),
            TaskSpec.builder("x").timeout(Duration.ofMillis(-1)))) {
      assertThatIllegalArgumentException().isThrownBy(builder::build);
    }
    for (String name : List.of("", "A=B", "A\0")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TaskSpec.builder("x").secret(name, Secret.of("y")));
    }
  }

  @Test
  void aBuilderCanBeUsedAgainWithoutChangingWhatItBuilt() {
    TaskSpec.Builder builder = TaskSpec.builder("x").agent("a");
    TaskSpec first = builder.build();
    builder.agent("b").parallel().secret("KEY", Secret.of("y"));

    assertThat(first.agent()).contains("a");
    assertThat(first.parallel()).isFalse();
    assertThat(first.secrets()).isEmpty();
  }

  @Test
  void theEnvironmentOfASandboxIsChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SandboxSpec.builder("x").environment("A=B", "c").build());
    assertThatIllegalArgumentException().isThrownBy(() -> SandboxSpec.builder("Not A Name"));
  }

  @Test
  void thePathsOfAMountAreAbsolute() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Mount(Path.of("relative"), "/x", true));
    assertThatIllegalArgumentException().isThrownBy(() -> new Mount(Path.of("/x"), "x", true));
    assertThat(new Mount(Path.of("/a:b,c"), "/d e", false).path()).isEqualTo("/d e");
  }

  @Test
  void aTerminalHasASize() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Streams.Terminal.Size(0, 24));
    assertThatIllegalArgumentException().isThrownBy(() -> new Streams.Terminal.Size(80, -1));
  }
}
