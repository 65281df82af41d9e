package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.DispenseException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.TaskInfo;
import dev.dispense.TaskSpec;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is only a name or a text stays one. */
abstract class EscapeWordsContract extends EscapePart {
  private static final String TERMINAL =
      "A\u001b]52;c;Y2FuYXJ5\u0007\u001b]8;;http://evil.invalid\u001b\\click\u001b]8;;\u001b\\"
          + "\u001b[2J\u001b[1;1H\u009b31m\u0090q\u009c\r\b\u202Egnp.exe";

  EscapeWordsContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void aNameThatCouldBeAnythingElseIsNoName() {
    for (String name :
        List.of(
            "",
            "-x",
            "x-",
            "--name=x",
            "x\nHost *\n  ProxyCommand touch y",
            "x ProxyCommand=touch",
            "x;touch y",
            "$(touch y)",
            "../x",
            "x/../../y",
            ".",
            "x.y",
            "X",
            "x\u0000y",
            "x\ty",
            "\uff58",
            "x_y",
            "x".repeat(51))) {
      assertThatThrownBy(() -> SandboxSpec.builder(name))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("\n", "\u0000");
    }
  }

  @Test
  void aSourceThatIsACommandIsRefused() {
    for (String location :
        List.of("ext::sh -c 'touch evil'", "--upload-pack=touch evil", "-evil", "file:///", "")) {
      assertRefused(Source.of(Source.DIRECTORY, location));
    }
    assertRefused(Source.of("ext", "ext::sh -c 'touch evil'"));
    assertRefused(Source.of("-directory", "."));
  }

  @Test
  void aBaseThatIsAnOptionOrNoCommitIsRefused() {
    for (String base :
        List.of(
            "",
            "--upload-pack=touch evil",
            "-b",
            "--",
            "main --all",
            "main\n--all",
            "main:README",
            "$(touch evil)",
            "ext::sh -c 'touch evil'")) {
      assertRefused(Source.directory(contract.repository).withBase(base));
    }
  }

  private void assertRefused(Source source) {
    assertThatThrownBy(() -> create(spec(contract.name()).source(source)))
        .isInstanceOfAny(DispenseException.class, IllegalArgumentException.class);
    assertThat(contract.ours()).isEmpty();
    assertThat(contract.repository.resolve("evil")).doesNotExist();
    assertThat(Path.of("evil")).doesNotExist();
  }

  @Test
  void aBranchThatIsAnOptionOrAnotherRefIsRefused() {
    Sandbox sandbox = create();
    agent(sandbox, "echo work >work");
    Changes changes = sandbox.changes();
    String before = contract.git().run("for-each-ref", "--format=%(refname) %(objectname)");
    for (String branch :
        List.of(
            "",
            "-D",
            "--force",
            "../main",
            "a..b",
            "x:refs/heads/main",
            "@{-1}",
            "HEAD~1",
            "a b",
            "a\nb",
            "a.lock",
            "x/",
            "\u001b[2J")) {
      assertThatThrownBy(() -> changes.fetchInto(contract.repository, branch))
          .as(branch)
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("\u001b");
    }
    assertThat(contract.git().run("for-each-ref", "--format=%(refname) %(objectname)"))
        .isEqualTo(before);
  }

  @Test
  void whatTheAgentNamesItsWorkActsOnNoTerminal() {
    Sandbox sandbox = create();
    sandbox.exec(
        Command.of(
            "sh",
            "-c",
            "echo x >file; git add -A; git -c user.name=\"$1\" -c user.email=m@m commit -qm \"$1\"",
            "sh",
            TERMINAL.replace("\r", "")));

    for (Changes.Commit commit : sandbox.changes().commits()) {
      assertHarmless(commit.subject());
      assertHarmless(commit.author());
    }
  }

  @Test
  void whatAnAgentSaysAndIsToldActsOnNoTerminal() {
    ScriptedAgent agent =
        ScriptedAgent.builder().printError(TERMINAL).fail(TERMINAL).exit(3).build();
    try (Dispense loud = contract.open(agent);
        Sandbox sandbox = loud.create(spec(contract.name()).build())) {
      TaskInfo task = sandbox.run(TaskSpec.of("Do it\n" + TERMINAL)).await(Duration.ofSeconds(60));

      assertThat(task.state()).isEqualTo(TaskInfo.State.FAILED);
      assertHarmless(task.title());
      assertHarmless(task.message());
    }
  }

  private static void assertHarmless(String text) {
    assertThat(text.chars().filter(c -> Character.isISOControl(c) && c != '\n' && c != '\t'))
        .as("control characters in '%s'", text)
        .isEmpty();
    assertThat(text).doesNotContain("\u202E", "evil.invalid", "Y2FuYXJ5");
  }

  /** A prompt, a model, a variable: each passes several programs on its way. */
  @Test
  void textThatShellsWouldRunArrivesAsItIs() throws IOException {
    List<String> texts = new ArrayList<>();
    for (String quote : List.of("", "'", "\"", "`", "\\", "\n")) {
      texts.add(quote + "; " + canary() + "; $(" + canary() + ") `" + canary() + "` " + quote);
    }
    SandboxSpec.Builder spec = spec(contract.name());
    for (int i = 0; i < texts.size(); i++) {
      spec.environment("TEXT_" + i, texts.get(i));
    }
    try (Sandbox sandbox = create(spec)) {
      for (int i = 0; i < texts.size(); i++) {
        assertThat(sandbox.exec(Command.of("printenv", "TEXT_" + i)).stdout())
            .isEqualTo(texts.get(i) + "\n");
        assertThat(sandbox.exec(Command.of("printf", "%s", texts.get(i))).stdout())
            .isEqualTo(texts.get(i));
      }
      TaskInfo task =
          sandbox.run(TaskSpec.of(String.join("\n", texts))).await(Duration.ofSeconds(60));
      assertThat(task.state()).isEqualTo(TaskInfo.State.SUCCEEDED);
    }
    assertThat(Files.exists(contract.canary)).isFalse();
  }
}
