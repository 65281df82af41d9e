package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Capability;
import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.RefusedException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxName;
import dev.dispense.SandboxSpec;
import dev.dispense.Source;
import dev.dispense.UnavailableException;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.agent.ScriptedAgent;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** What the parts of the {@link EscapeContract} have in common. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EscapePart {
  // What an attack starts with: the canary is the first argument.
  private static final String TOOLS =
      """
      canary=$1
      shift
      poison() {
        for key in core.fsmonitor core.sshCommand core.pager core.editor core.askPass \\
          core.alternateRefsCommand core.gitProxy diff.external diff.evil.command diff.evil.textconv \\
          filter.evil.clean filter.evil.smudge filter.evil.process merge.evil.driver gpg.program \\
          gpg.ssh.program sequence.editor interactive.diffFilter credential.helper \\
          uploadpack.packObjectsHook trailer.evil.command pager.status pager.diff pager.log; do
          git config --file "$1" "$key" "$canary; false"
        done
        git config --file "$1" core.hooksPath "$2/hooks"
        git config --file "$1" diff.external "$canary; true"
      }
      set_hooks() {
        mkdir -p "$1"
        for hook in applypatch-msg pre-applypatch pre-commit commit-msg post-commit post-checkout \\
          post-merge post-rewrite post-index-change reference-transaction fsmonitor-watchman \\
          pre-auto-gc pre-push update post-update pre-receive; do
          printf '#!/bin/sh\\n%s\\n' "$canary" >"$1/$hook"
          chmod 755 "$1/$hook"
        done
      }
      make_evil() {
        git init -q "$1"
        (cd "$1" && echo x >file && echo '* filter=evil diff=evil merge=evil' >.gitattributes &&
          git -c core.hooksPath=/dev/null add -A &&
          git -c core.hooksPath=/dev/null -c user.name=M -c user.email=m@m commit -qm Evil)
        set_hooks "$1/.git/hooks"
        poison "$1/.git/config" "$(cd "$1" && pwd)/.git"
      }
      """;

  final EscapeContract contract;

  EscapePart(EscapeContract contract) {
    this.contract = contract;
  }

  /** Creates a sandbox from the repository. */
  final Sandbox create() {
    return create(spec(contract.name()).source(Source.directory(contract.repository)));
  }

  final Sandbox create(SandboxSpec.Builder spec) {
    return contract.dispense.create(spec.build());
  }

  /** Returns a sandbox of the provider, without a source. */
  final SandboxSpec.Builder spec(String name) {
    return SandboxSpec.builder(name).provider(contract.factory.id()).agent(ScriptedAgent.ID);
  }

  final SandboxLayout layout(Sandbox sandbox) {
    try (SandboxProvider provider = contract.factory.open(contract.host)) {
      return provider.layout(new SandboxName(sandbox.name().value()));
    }
  }

  /** Runs a shell script of the agent, in its workspace; it goes on when a command fails. */
  final String agent(Sandbox sandbox, String script) {
    ExecResult result = sandbox.exec(Command.of(attack(script)));
    assertThat(result.stdout()).as(result.stderr()).endsWith("finished\n");
    return result.stdout().substring(0, result.stdout().length() - "finished\n".length());
  }

  /** Runs a shell script of the agent on this machine, where it does what it says. */
  final void agentOnThisMachine(Path directory, String script) {
    contract.git().in(directory).succeed(List.of(attack(script)));
  }

  private String[] attack(String script) {
    return new String[] {"sh", "-c", TOOLS + script + "\necho finished\n", "sh", canary()};
  }

  /** Returns a command that writes the canary where the user's own programs run, and only there. */
  final String canary() {
    return "test \"$HOME\" != '" + contract.home + "' || : >'" + contract.canary + "'";
  }

  /** Does what a person does with the work of an agent, and with a repository beside it. */
  final void lookAtTheWork(Sandbox sandbox) {
    lookAtTheRepository();
    try {
      Changes changes = sandbox.changes();
      changes.commits();
      changes.files();
      changes.writeDiff(OutputStream.nullOutputStream());
      changes.fetchInto(contract.repository, "taken-" + sandbox.name());
      attempt(() -> changes.exportTo(contract.temporary.resolve("export-" + sandbox.name())));
      attempt(() -> changes.applyTo(contract.repository));
    } catch (RefusedException | UnavailableException refused) {
      // What the agent broke or made up is not taken, and that is said.
      assertThat(refused)
          .hasMessageMatching("(?s)(Refused the result|Tried to get the work out).*");
    }
    lookAtTheRepository();
    try {
      sandbox.delete();
    } catch (RefusedException refused) {
      sandbox.forceDelete();
    }
    lookAtTheRepository();
    assertThat(contract.canary).as("what the agent wrote was run").doesNotExist();
  }

  private static void attempt(Runnable taking) {
    try {
      taking.run();
    } catch (RefusedException refused) {
      assertThat(refused).hasMessageNotContaining("null");
    }
  }

  private void lookAtTheRepository() {
    for (String[] command :
        List.of(
            new String[] {"status"},
            new String[] {"worktree", "list", "--porcelain"},
            new String[] {"branch", "--all", "--verbose"},
            new String[] {"log", "--all", "--patch", "--stat"},
            new String[] {"diff", "HEAD"},
            new String[] {"fsck", "--strict"})) {
      contract.git().run(command);
    }
    for (Path worktree : worktrees()) {
      contract.git().in(worktree).run("status");
      contract.git().in(worktree).run("diff", "HEAD");
    }
  }

  /** Returns the worktrees that sandboxes have on this machine, as git lists them. */
  final List<Path> worktrees() {
    List<Path> worktrees = new ArrayList<>();
    contract
        .git()
        .run("worktree", "list", "--porcelain")
        .lines()
        .filter(line -> line.startsWith("worktree "))
        .skip(1)
        .forEach(line -> worktrees.add(Path.of(line.substring("worktree ".length()))));
    return worktrees;
  }

  /** Returns {@code from} and the directories below it on the way to {@code to}, and that. */
  static List<Path> directoriesFrom(Path from, Path to) {
    List<Path> directories = new ArrayList<>(List.of(from));
    Path directory = from;
    for (Path part : from.relativize(to)) {
      directory = directory.resolve(part);
      directories.add(directory);
    }
    return directories;
  }

  final boolean can(Capability capability) {
    try (SandboxProvider provider = contract.factory.open(contract.host)) {
      return provider.capabilities().contains(capability);
    }
  }
}
