package dev.dispense.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.dispense.Risk;
import dev.dispense.Risk.Kind;
import dev.dispense.Source;
import dev.dispense.git.repository.LocalSandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RisksTest {
  @TempDir Path temporary;
  private TestHost test;
  private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    test = TestHost.in(temporary);
    repository = test.repository("project");
  }

  /** Returns the risks in what a script leaves in the workspace, for example {@code LINK a}. */
  private List<String> risks(String script) {
    return found(script).stream().map(risk -> risk.kind() + " " + risk.path()).toList();
  }

  private List<Risk> found(String script) {
    LocalSandbox sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
    sandbox.sh(script);
    return sandbox.changes().risks();
  }

  /** Puts into the repository what the agent starts from. */
  private void given(String script) {
    test.run(repository, Map.of(), "sh", "-ec", script);
    test.git(repository, "add", "-A");
    test.git(repository, "commit", "-qm", "Given");
  }

  private static String write(String... files) {
    return String.join(
        "; ",
        Arrays.stream(files)
            .map(file -> "mkdir -p \"$(dirname '" + file + "')\"; echo x > '" + file + "'")
            .toList());
  }

  @Test
  void ordinaryWorkHasNone() {
    assertThat(
            risks(
                write("README", "src/New.java", "docs/hooks/useThis.js", "src/environment.ts")
                    + "; git mv src/App.java src/Main.java; rm .gitignore"))
        .isEmpty();
  }

  @Test
  void aChangeIsARiskAndADeletionOrWhatStaysIsNone() {
    given(write(".envrc", ".vscode/a.json", "Makefile", "package.json") + "; ln -s /etc out");

    assertThat(risks("echo y >> .envrc; rm .vscode/a.json; git mv Makefile old.txt; echo y > z"))
        .containsExactly("AUTORUN .envrc");
  }

  @Test
  void aCommitOfTheAgentCountsLikeWhatItLeft() {
    LocalSandbox sandbox = LocalSandbox.of(test, "fix", Source.directory(repository));
    sandbox.commit(".envrc", "touch /tmp/x\n");

    assertThat(sandbox.changes().risks())
        .singleElement()
        .satisfies(risk -> assertThat(risk.reason()).contains("direnv"));
  }

  @Test
  void aLinkInsideIsShownAndOneThatLeadsOutStops() {
    List<Risk> risks = found("ln -s src a; ln -s /etc/passwd b; ln -sf .git/hooks README");

    assertThat(risks)
        .extracting(risk -> risk.kind() + " " + risk.path() + ": " + risk.reason())
        .containsExactly(
            "ESCAPE README: it is a link to .git/hooks, which leads into a git directory",
            "ESCAPE b: it is a link to /etc/passwd, which is absolute, here or on Windows",
            "LINK a: it is a link to src");
  }

  @Test
  void linksThatStayInsideOneByOneAndLeadOutTogetherAreFound() {
    given("mkdir -p a/b; touch a/b/file; ln -s a/b/../../README good");

    assertThat(risks("rm -r a/b; ln -s .. a/b"))
        .as("the link to ../README is not changed itself")
        .containsExactly("ESCAPE good", "LINK a/b");
  }

  @Test
  void aFileThatALinkPutsWhereItRunsIsARisk() {
    given("mkdir config deep; ln -s ../config deep/x; ln -s deep/x .vscode; ln -s src/m Makefile");

    assertThat(found(write("config/tasks.json", "src/m")))
        .extracting(Risk::kind, Risk::path)
        .containsExactly(tuple(Kind.AUTORUN, "config/tasks.json"), tuple(Kind.BUILD, "src/m"));
  }

  @Test
  void aLinkInThePlaceOfADirectoryThatRunsIsARisk() {
    given(write("x/workflows/a.yml"));

    assertThat(risks("ln -s x .github; ln -s x .mvn"))
        .containsExactly(
            "AUTORUN .github", "BUILD .mvn", "CI .github", "LINK .github", "LINK .mvn");
  }

  @Test
  void tooManyLinksToFollowAreARisk() {
    given("for i in $(seq 40); do mkdir -p $i; ln -s .. $i/up; done; ln -s config .vscode");

    assertThat(risks(write("config/tasks.json"))).contains("NAME config/tasks.json");
  }

  @Test
  void anExecutableIsShown() {
    given("touch old new; chmod 755 old");

    assertThat(risks("echo x > old; chmod 755 new; echo '#!/bin/sh' > third; chmod 755 third"))
        .containsExactly("EXECUTABLE new", "EXECUTABLE third");
  }

  @Test
  void binariesAndLargeFilesAreShown() {
    List<Risk> risks =
        found("printf 'a\\000b' > bin; yes | head -c 5242881 > big; yes | head -c 5242880 > ok");

    assertThat(risks)
        .extracting(risk -> risk.kind() + " " + risk.path())
        .containsExactly("BINARY bin", "LARGE big");
    assertThat(risks.get(1).reason()).contains("5.0 MiB");
  }

  @Test
  void whatTheAgentCallsTextIsBinaryAllTheSame() {
    assertThat(risks("echo '* diff' > .gitattributes; printf 'a\\000b' > bin"))
        .containsExactly("AUTORUN .gitattributes", "BINARY bin");
  }

  @Test
  void anotherRepositoryInTheTreeStops() {
    Path inner = test.repository("library");
    String head = test.git(inner, "rev-parse", "HEAD");

    assertThat(found("git update-index --add --cacheinfo 160000," + head + ",lib; mkdir lib"))
        .singleElement()
        .satisfies(
            risk -> {
              assertThat(risk.kind()).isEqualTo(Kind.SUBMODULE);
              assertThat(risk.path()).isEqualTo("lib");
              assertThat(risk.reason()).contains(head.substring(0, 10));
            });
  }

  @Test
  void theFileOfSubmodulesStops() {
    assertThat(risks("printf '[submodule \"a\"]\\n\\tpath = a\\n\\turl = ../a\\n' > .gitmodules"))
        .containsExactly("SUBMODULE .gitmodules");
  }

  @Test
  void aNameThatIsNotUtf8() {
    assertThat(risks("echo x > \"$(printf 'caf\\351')\"")).containsExactly("NAME caf\ufffd");
  }

  @Test
  void aNameThatDeceivesOrDiffersFromAnotherOnlyByCaseOrEncoding() {
    given(write("caf\u00e9"));

    List<Risk> risks = found(write("readme", "cafe\u0301", "SRC/x", "a\u202etxt.exe", "Äpp"));

    assertThat(risks)
        .extracting(risk -> risk.kind() + " " + risk.path())
        .containsExactly("NAME SRC/x", "NAME a\u202etxt.exe", "NAME cafe\u0301", "NAME readme");
    assertThat(risks.get(0).reason()).contains("is the same as src");
  }

  @Test
  void theRisksComeByKindAndPath() {
    assertThat(risks(write("pom.xml", "b/.envrc", "a/.envrc") + "; ln -s README z"))
        .containsExactly("AUTORUN a/.envrc", "AUTORUN b/.envrc", "BUILD pom.xml", "LINK z");
  }
}
