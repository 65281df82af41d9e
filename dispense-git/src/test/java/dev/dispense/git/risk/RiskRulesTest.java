package dev.dispense.git.risk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Risk;
import dev.dispense.Risk.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RiskRulesTest {
  private static List<Kind> kinds(String file) {
    return RiskRules.of(file, false).stream().map(Risk::kind).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README", "src/main/java/App.java", "docs/hooks/useThis.js", "src/environment.ts", "a.env",
        "vscode/tasks.json", "build/output", "src/head.tsx", "mypackage.json", "pom.xml.md",
        "hooks/README.md", ".env.example", "github/workflows/a.yml"
      })
  void ordinaryFilesAreNone(String file) {
    assertThat(kinds(file)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".githooks/pre-commit",
        ".husky/_/husky.sh",
        "tools/hooks/pre-push",
        "lefthook.yml",
        ".pre-commit-config.yaml",
        ".gitattributes",
        "sub/.gitattributes",
        ".gitconfig",
        ".vscode/tasks.json",
        ".vscode/settings.json",
        ".vscode/launch.json",
        "packages/a/.vscode/tasks.json",
        "x.code-workspace",
        ".idea/workspace.xml",
        ".idea/runConfigurations/a.xml",
        ".run/a.run.xml",
        "a.iml",
        ".claude/settings.json",
        ".claude/hooks/run.sh",
        ".claude/settings.local.json",
        ".mcp.json",
        ".cursor/mcp.json",
        "CLAUDE.md",
        "AGENTS.md",
        ".envrc",
        ".env",
        "mise.toml",
        ".devcontainer/devcontainer.json",
        ".devcontainer.json",
        ".dir-locals.el",
        ".exrc",
        ".gdbinit",
        ".Rprofile",
        "desktop.ini",
        "sub/HEAD"
      })
  void whatRunsByItself(String file) {
    assertThat(kinds(file)).containsExactly(Kind.AUTORUN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "package.json",
        "web/package.json",
        ".npmrc",
        ".mvn/extensions.xml",
        ".mvn/jvm.config",
        ".mvn/maven.config",
        ".mvn/wrapper/maven-wrapper.properties",
        ".mvn/wrapper/maven-wrapper.jar",
        "mvnw",
        "mvnw.cmd",
        "pom.xml",
        "core/pom.xml",
        "gradlew",
        "gradle/wrapper/gradle-wrapper.properties",
        "gradle/wrapper/gradle-wrapper.jar",
        "gradle/libs.versions.toml",
        "build.gradle",
        "build.gradle.kts",
        "settings.gradle",
        "settings.gradle.kts",
        "gradle.properties",
        "buildSrc/src/main/java/A.java",
        "Makefile",
        "rules.mk",
        "Dockerfile",
        "docker-compose.yml",
        "compose.yaml",
        "setup.py",
        "pyproject.toml",
        "conftest.py",
        "tests/conftest.py",
        "requirements-dev.txt",
        "Rakefile",
        "Gemfile",
        "build.rs",
        "Cargo.toml",
        ".cargo/config.toml",
        ".cargo/config",
        "vite.config.ts",
        "CMakeLists.txt",
        "project/plugins.sbt"
      })
  void whatDecidesWhatABuildRuns(String file) {
    assertThat(kinds(file)).containsExactly(Kind.BUILD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".github/workflows/build.yml", ".github/actions/a/action.yml", ".gitlab-ci.yml",
        "Jenkinsfile", ".circleci/config.yml", ".github/CODEOWNERS"
      })
  void whatDecidesWhatRunsOnAServer(String file) {
    assertThat(kinds(file)).containsExactly(Kind.CI);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".VSCode/Tasks.JSON", ".vscode /tasks.json", ".vscode./tasks.json", ".env\u200crc",
        ".v\u017fcode/tasks.json", ".envrc::$DATA", ".CLAUDE/settings.json", ".ENVRC"
      })
  void anotherNameForTheSameFileIsTheSameRisk(String file) {
    assertThat(kinds(file)).contains(Kind.AUTORUN);
  }

  @Test
  void aFileIsOneRiskOfAKindAtMost() {
    assertThat(kinds(".claude/.vscode/CLAUDE.md")).containsExactly(Kind.AUTORUN);
    assertThat(kinds(".vscode/package.json")).containsExactly(Kind.AUTORUN, Kind.BUILD);
  }

  @Test
  void whatStandsForADirectoryIsARiskForWhatIsExpectedInIt() {
    assertThat(RiskRules.of("sub/.github", true)).extracting(Risk::kind).contains(Kind.CI);
    assertThat(RiskRules.of("sub/.github", false)).isEmpty();
    assertThat(RiskRules.of(".vscode", true)).extracting(Risk::kind).contains(Kind.AUTORUN);
  }
}
