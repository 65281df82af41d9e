package dev.dispense.testkit.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Capability;
import dev.dispense.Changes;
import dev.dispense.Command;
import dev.dispense.Sandbox;
import dev.dispense.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What git on this machine would run, if the agent could make it look. */
abstract class EscapeRepositoryContract extends EscapePart {
  private static final String MOUNTS =
      """
      mount --bind evil/.git .git; umount .git; umount -l .git; mv -T "$PWD" /moved
      unshare -m sh -c 'umount .git; rm -f .git'; unshare -Urm sh -c 'umount .git; rm -f .git'
      """;

  EscapeRepositoryContract(EscapeContract contract) {
    super(contract);
  }

  @Test
  void theCanaryShowsWhatGitRunsInARepositoryOfTheAgents() throws IOException {
    agentOnThisMachine(contract.temporary, "make_evil evil");
    Path evil = contract.temporary.resolve("evil");

    contract.git().in(evil).start(List.of("git", "status"));

    assertThat(contract.canary).exists();
    Files.delete(contract.canary);
  }

  @Test
  void thePointerToTheRepositoryCannotBeSwapped() throws IOException {
    Sandbox sandbox = create();
    List<Path> pointers = worktrees().stream().map(path -> path.resolve(".git")).toList();
    List<String> before = contents(pointers);

    String inside =
        agent(
            sandbox,
            """
            exec 2>/dev/null
            make_evil evil
            mv .git aside; rm -f .git; rm -rf .git; rmdir .git; unlink .git; ln -sfn evil/.git .git
            cp -r evil/.git .git; mv -T evil/.git .git; cp -r .git x && mv x .git
            echo 'gitdir: ./evil/.git' >.git; printf 'gitdir: ./evil/.git\\n' >new; mv -f new .git
            truncate -s 0 .git; chmod 777 .git
            """
                + (can(Capability.ISOLATION) ? MOUNTS : "")
                + "git rev-parse --absolute-git-dir");

    assertThat(contents(pointers)).isEqualTo(before);
    if (can(Capability.BIND_MOUNTS)) {
      assertThat(inside).isEqualTo(layout(sandbox).dispense() + "/git\n");
      assertThat(pointers).hasSize(1);
    }
    lookAtTheWork(sandbox);
  }

  private static List<String> contents(List<Path> files) throws IOException {
    List<String> contents = new ArrayList<>();
    for (Path file : files) {
      contents.add(Files.readString(file));
    }
    return contents;
  }

  @Test
  void theAgentsGitDirectoryLeadsTheHostNowhere() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        own=$(git rev-parse --absolute-git-dir)
        make_evil evil
        echo "$PWD/evil/.git" >"$own/commondir"
        echo "$PWD/evil/.git" >"$own/gitdir"
        mkdir -p "$own/worktrees/worktree"
        echo "$PWD/evil/.git" >"$own/worktrees/worktree/commondir"
        echo "$PWD/evil" >"$own/worktrees/worktree/gitdir"
        echo "$PWD/evil/.git/objects" >>"$own/objects/info/alternates"
        """);
    lookAtTheWork(sandbox);
  }

  @Test
  void theAgentsGitDirectoryAsALinkLeadsTheHostNowhere() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        own=$(git rev-parse --absolute-git-dir)
        make_evil evil
        for entry in config hooks objects refs HEAD index packed-refs; do
          rm -rf "$own/$entry"
          ln -s "$PWD/evil/.git/$entry" "$own/$entry"
        done
        """);
    lookAtTheWork(sandbox);
  }

  @Test
  void configurationAndHooksOfTheAgentAreNotRun() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        own=$(git rev-parse --absolute-git-dir)
        echo '* filter=evil diff=evil merge=evil' >.gitattributes
        echo more >>README
        git -c user.name=M -c user.email=m@m add -A
        git -c user.name=M -c user.email=m@m commit -qm 'Attributes'
        set_hooks "$own/hooks"
        git config --file "$own/config" extensions.worktreeConfig true
        poison "$own/config" "$own"
        poison "$own/config.worktree" "$own"
        poison "$HOME/.gitconfig" "$own"
        poison .gitconfig "$own"
        echo '* filter=evil diff=evil merge=evil' >"$own/info/attributes"
        """);
    lookAtTheWork(sandbox);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "make_evil nested; mkdir bare; cd bare; git init -q --bare .; poison config .;"
            + " set_hooks hooks; cd ..",
        "make_evil nested; git add nested 2>/dev/null; git -c user.name=M -c user.email=m@m commit"
            + " -qm Link",
        "make_evil src/nested; git update-index --add --cacheinfo"
            + " 160000,$(git -C src/nested rev-parse HEAD),src/nested;"
            + " git -c user.name=M -c user.email=m@m commit -qm Link",
        "rm -rf src; make_evil src"
      })
  void aRepositoryInsideOfTheRepositoryIsNotEntered(String making) {
    Sandbox sandbox = create();
    agent(
        sandbox,
        making
            + """

            cat >.gitmodules <<MODULES
            [submodule "nested"]
              path = nested
              url = ext::sh -c "$canary"
              update = !$canary
              ignore = none
              fetchRecurseSubmodules = true
            MODULES
            """);
    lookAtTheWork(sandbox);
    assertThat(contract.repository.resolve(".git/modules")).doesNotExist();
  }

  @Test
  void submodulesOfTheAgentAreNeverFetched() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        make_evil /tmp/evil-$$
        git -c protocol.file.allow=always -c user.name=M -c user.email=m@m \\
          submodule --quiet add /tmp/evil-$$ module 2>/dev/null
        git config --file .gitmodules submodule.module.update "!$canary"
        git -c user.name=M -c user.email=m@m commit -qam 'Add a submodule'
        rm -rf /tmp/evil-$$
        """);
    lookAtTheWork(sandbox);
    assertThat(contract.repository.resolve(".git/modules")).doesNotExist();
    assertThat(contract.git().run("config", "--list", "--local")).doesNotContain("submodule.");
  }

  @Test
  void aTreeThatHoldsARepositoryIsRefused() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        blob=$(printf '[core]\\n\\tfsmonitor = "%s"\\n' "$canary" | git hash-object -w --stdin)
        inner=$(printf '100644 blob %s\\tconfig\\n' "$blob" | git mktree)
        {
          printf '40000 .git\\0'
          echo "$inner" | sed 's/../&\\n/g' | while read -r byte; do
            [ -z "$byte" ] || printf "\\\\$(printf %03o "0x$byte")"
          done
        } >raw
        tree=$(git hash-object -t tree --literally -w raw)
        rm raw
        git update-ref HEAD "$(git -c user.name=M -c user.email=m@m commit-tree -m Evil -p HEAD "$tree")"
        """);
    lookAtTheWork(sandbox);
    assertThat(contract.git().run("log", "--all", "--format=%s")).isEqualTo("First\n");
  }

  @Test
  void onlyRefsOfDispenseArriveAndNoTags() {
    Sandbox sandbox = create();
    agent(
        sandbox,
        """
        git() { command git -c user.name=M -c user.email=m@m "$@"; }
        echo work >work; git add work; git commit -qm Work
        git tag v9; git tag -m annotated v10; git branch other; git update-ref refs/heads/main HEAD
        git update-ref refs/replace/$(git rev-parse HEAD~1) HEAD; git notes add -m note
        """);
    String main = contract.git().run("rev-parse", "main");

    Changes changes = sandbox.changes();
    changes.fetchInto(contract.repository);

    assertThat(contract.git().run("rev-parse", "main")).isEqualTo(main);
    assertThat(
            contract
                .git()
                .run("for-each-ref", "--format=%(refname)")
                .lines()
                .filter(ref -> !ref.startsWith("refs/dispense/" + sandbox.name() + "/"))
                .filter(ref -> !ref.equals("refs/heads/dispense/" + sandbox.name())))
        .containsExactly("refs/heads/main");
  }

  @Test
  void theRepositoryItselfIsOutOfReach() throws IOException {
    Sandbox sandbox = create();
    if (!can(Capability.ISOLATION)) {
      // Nothing is out of reach there: the source alone must be kept out of the workspace.
      assertThat(agent(sandbox, "ls -A .git/hooks .git/config 2>/dev/null")).isEmpty();
      return;
    }
    Path git = contract.repository.resolve(".git");
    for (String attack :
        List.of(
            "cat \"$1/config\"",
            "ls \"$1/hooks\"",
            "touch \"$1/objects/x\"",
            "rm -rf \"$1/objects/\"*; test -e \"$1/config\"",
            "cat \"$1/../README\"",
            "touch \"$1/refs/heads/evil\"")) {
      assertThat(sandbox.exec(Command.of("sh", "-c", attack, "sh", git.toString())).exitCode())
          .as(attack)
          .isNotZero();
    }
    // The path may be there, on the sandbox's own disk.
    agent(
        sandbox,
        "exec 2>/dev/null; echo evil >'" + git + "/hooks'; echo evil >'" + git + "/config'");
    assertThat(git.resolve("config")).content().doesNotContain("evil");
    assertThat(git.resolve("hooks")).isDirectory();
    contract.git().run("fsck", "--strict");
  }

  @Test
  void aDirectoryWithoutGitIsNotMadeARepositoryOfTheAgents() throws IOException {
    Path plain = Files.createDirectory(contract.temporary.resolve("plain"));
    Files.writeString(plain.resolve("file"), "content\n");
    Sandbox sandbox = create(spec(contract.name()).source(Source.directory(plain)));
    agent(sandbox, "make_evil nested; echo more >>file; cp -r nested/.git x.git");

    Changes changes = sandbox.changes();
    changes.files();
    changes.exportTo(contract.temporary.resolve("export"));

    assertThat(contract.temporary.resolve("export/file")).hasContent("content\nmore\n");
    assertThat(contract.temporary.resolve("export/nested/.git")).doesNotExist();
    sandbox.forceDelete();
    assertThat(contract.canary).doesNotExist();
  }
}
