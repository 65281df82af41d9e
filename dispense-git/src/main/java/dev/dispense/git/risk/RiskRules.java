package dev.dispense.git.risk;

import static dev.dispense.Risk.Kind.AUTORUN;
import static dev.dispense.Risk.Kind.BUILD;
import static dev.dispense.Risk.Kind.CI;
import static dev.dispense.Risk.Kind.SUBMODULE;

import dev.dispense.Risk;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The files that programs on a developer's machine, or on the server that builds what is pushed,
 * act upon: what runs by itself, and what decides what the usual first command runs. Of the rules
 * of one kind, the first that matches says why.
 */
final class RiskRules {
  private static final List<RiskRule> ALL =
      List.of(
          // Git.
          RiskRule.of(
              SUBMODULE,
              "it says from where git takes other repositories into this one",
              ".gitmodules"),
          RiskRule.of(
              AUTORUN,
              "git runs it at the next commit, checkout or push where the hooks of the project are"
                  + " set up",
              """
              .githooks/** .git-hooks/** githooks/** git-hooks/** .husky/** .huskyrc* husky.config.*
              lefthook.* .lefthook.* lefthook-local.* .lefthook-local.* .lefthook/**
              .pre-commit-config.yaml .pre-commit-hooks.yaml .overcommit.yml .git-hooks.*
              .lintstagedrc* lint-staged.config.*
              applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit
              prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push
              post-rewrite pre-receive hooks/update post-receive post-update push-to-checkout
              reference-transaction pre-auto-gc fsmonitor-watchman sendemail-validate
              post-index-change
              """),
          RiskRule.of(
              AUTORUN,
              "it names the filters and merge programs that git runs on files at each checkout,"
                  + " diff and merge",
              ".gitattributes"),
          RiskRule.of(
              AUTORUN,
              "git, or git-lfs, takes settings from it, among them programs to run",
              ".gitconfig .lfsconfig"),
          RiskRule.of(
              AUTORUN,
              "it makes its directory a git repository if others are beside it, whose configuration"
                  + " git obeys when it is used there",
              "head commondir"),

          // Shells and file managers.
          RiskRule.of(
              AUTORUN,
              "a shell that enters the directory runs it, or takes its environment or its tools"
                  + " from it, where direnv, mise or the like is set up",
              """
              .envrc .env .env.local .env.*.local .env.development .env.test .env.production
              mise.toml .mise.toml mise.*.toml .mise.*.toml .mise/** mise/config.toml .rtx.toml
              .tool-versions devbox.json devenv.nix flake.nix shell.nix default.nix .autoenv.zsh
              .autoenv .hermit/** .flox/**
              """),
          RiskRule.of(
              AUTORUN,
              "a file manager acts upon it when it shows the directory",
              "autorun.inf desktop.ini *.desktop .directory *.lnk *.url *.scf *.library-ms"
                  + " *.webloc"),

          // Coding agents.
          RiskRule.of(
              AUTORUN,
              "a coding agent that is started in the directory runs commands, hooks or servers that"
                  + " it names, or takes its permissions from it",
              """
              .claude/** .mcp.json mcp.json .cursor/** .codex/** .gemini/** .windsurf/** .continue/**
              .roo/** .cline/** .kiro/** .junie/** .amazonq/** .opencode/** opencode.json
              opencode.jsonc .aider.conf.yml .goose/** .crush.json crush.json .zed/**
              """),
          RiskRule.of(
              AUTORUN,
              "a coding agent that is started in the directory takes it for instructions of yours",
              """
              claude.md claude.local.md agents.md agents.override.md agent.md gemini.md .cursorrules
              .windsurfrules .clinerules .clinerules/** .roorules .goosehints .rules
              .github/copilot-instructions.md .github/instructions/** .github/prompts/**
              .github/agents/** .github/chatmodes/**
              """),

          // Editors.
          RiskRule.of(
              AUTORUN,
              "VS Code, and editors made from it, take tasks, settings and debuggers to run from it"
                  + " when the directory is opened",
              ".vscode/** *.code-workspace .theia/** .vscode-test.*"),
          RiskRule.of(
              AUTORUN,
              "IDEs of JetBrains take run configurations, start-up tasks and settings from it when"
                  + " the directory is opened",
              ".idea/** .run/** *.iml *.ipr *.iws .fleet/**"),
          RiskRule.of(
              AUTORUN,
              "an editor runs it, or takes settings from it that run something, when a file beside"
                  + " it is opened",
              """
              .dir-locals.el .dir-locals-2.el .nvim.lua .nvimrc .exrc .vimrc _vimrc .lvimrc
              .local.vimrc .sublime-project *.sublime-project .helix/** .vs/** .project .classpath
              .settings/** .externaltoolbuilders/** .lsp.json
              """),
          RiskRule.of(
              AUTORUN,
              "editors and cloud workspaces build a container as it says, and run its commands",
              ".devcontainer/** .devcontainer.json .gitpod.yml .gitpod.* devfile.yaml"
                  + " .devfile.yaml"),
          RiskRule.of(
              AUTORUN,
              "the interpreter or debugger that is started in the directory runs it",
              """
              .rprofile .renviron .gdbinit .lldbinit .pdbrc .pdbrc.py .irbrc .pryrc .ghci .ocamlinit
              .iex.exs .octaverc startup.m sitecustomize.py usercustomize.py .perldb .jshellrc
              """),

          // What runs on a server.
          RiskRule.of(
              CI,
              "it decides what runs on the build server when it is pushed, with the secrets there",
              """
              .github/workflows/** .github/actions/** action.yml action.yaml .gitlab-ci.yml
              *.gitlab-ci.yml .gitlab/ci/** .circleci/** .travis.yml jenkinsfile jenkinsfile.*
              *.jenkinsfile azure-pipelines* .azure-pipelines/** bitbucket-pipelines.yml .drone.*
              .woodpecker.* .woodpecker/** appveyor.yml .appveyor.yml .buildkite/** .teamcity/**
              cloudbuild.* buildspec.* .semaphore/** .cirrus.* .forgejo/workflows/**
              .forgejo/actions/** .gitea/workflows/** .gitea/actions/** .build.yml .builds/**
              .tekton/** .ci/** .goreleaser.* netlify.toml vercel.json .harness/** codemagic.yaml
              """),
          RiskRule.of(
              CI,
              "it decides who must review a change, or which updates are made by themselves",
              """
              codeowners .github/dependabot.* .github/settings.yml .github/mergify.yml .mergify.yml
              renovate.json renovate.json5 .renovaterc* .github/renovate.*
              """),

          // Java and its kin.
          RiskRule.of(
              BUILD,
              "each call of Maven loads it, or takes options and extensions from it",
              ".mvn/** mvnw mvnw.cmd mvnwdebug*"),
          RiskRule.of(
              BUILD,
              "Maven runs the plugins that it names, also when an IDE imports the project",
              "pom.xml *.pom pom.yaml pom.yml pom.kts pom.groovy"),
          RiskRule.of(
              BUILD,
              "Gradle runs it, or what it names, also when an IDE imports the project",
              """
              *.gradle *.gradle.kts gradle.properties gradlew gradlew.bat gradle/** buildsrc/**
              build-logic/** .gradle/**
              """),
          RiskRule.of(
              BUILD,
              "the build tool runs it, or what it names",
              """
              build.xml ivy.xml *.sbt project/*.scala project/build.properties .sbtopts .jvmopts
              build.sc build.mill mill .mill-jvm-opts .mill-version project.scala project.clj deps.edn
              shadow-cljs.edn build.boot workspace workspace.bazel workspace.bzlmod module.bazel build
              build.bazel *.bzl .bazelrc user.bazelrc .bazeliskrc buck .buckconfig pants.toml
              """),

          // JavaScript.
          RiskRule.of(
              BUILD,
              "npm, yarn, pnpm or bun run the scripts in it, or install what it names and run the"
                  + " scripts of that",
              """
              package.json package.json5 package.yaml package-lock.json npm-shrinkwrap.json yarn.lock
              pnpm-lock.yaml bun.lock bun.lockb deno.json deno.jsonc deno.lock .npmrc .yarnrc
              .yarnrc.yml .yarn/** .pnp.cjs .pnp.loader.mjs .pnpmfile.cjs pnpmfile.js
              pnpm-workspace.yaml bunfig.toml binding.gyp nx.json turbo.json lerna.json rush.json
              """),
          RiskRule.of(
              BUILD,
              "the tool that it configures runs it, in some editors as soon as a file is opened",
              """
              *.config.js *.config.cjs *.config.mjs *.config.ts *.config.cts *.config.mts .eslintrc*
              .prettierrc* .babelrc* .stylelintrc* .mocharc* .swcrc .releaserc* gruntfile.* gulpfile.*
              karma.conf.* protractor.conf.* webpack.*.js webpackfile.js
              """),

          // Python.
          RiskRule.of(
              BUILD,
              "pip, or another installer, runs it, or installs what it names and runs the setup of"
                  + " that",
              """
              setup.py setup.cfg pyproject.toml requirements*.txt requirements/*.txt constraints*.txt
              pipfile pipfile.lock poetry.lock poetry.toml uv.lock uv.toml pdm.lock pixi.toml
              pixi.lock environment.yml environment.yaml pip.conf hatch.toml
              """),
          RiskRule.of(
              BUILD,
              "the test runner or checker runs it, or loads what it names",
              """
              conftest.py pytest.ini .pytest.ini tox.ini noxfile.py .coveragerc pylintrc .pylintrc
              mypy.ini .mypy.ini .flake8
              """),

          // Other languages.
          RiskRule.of(
              BUILD,
              "cargo runs it, or builds with what it names, also when an editor opens the project",
              "cargo.toml cargo.lock build.rs .cargo/** rust-toolchain rust-toolchain.toml"),
          RiskRule.of(
              BUILD,
              "the language's tools run it, or install what it names",
              """
              gemfile gemfile.lock *.gemspec .bundle/** rakefile rakefile.* *.rake .rspec .rubocop.yml
              guardfile capfile thorfile composer.json composer.lock go.mod go.work
              .golangci.* magefile.go package.swift package.resolved podfile podfile.lock *.podspec
              cartfile fastlane/** *.xcodeproj/** *.xcworkspace/** mix.exs mix.lock rebar.config
              rebar.config.script stack.yaml cabal.project *.cabal setup.hs setup.lhs dune dune-project
              build.zig build.zig.zon *.csproj *.fsproj *.vbproj *.vcxproj *.sln *.slnx *.props
              *.targets nuget.config global.json build.cake pubspec.yaml pubspec.lock makefile.pl
              build.pl cpanfile *.nimble config.nims *.rockspec
              """),

          // Builds, containers and machines in general.
          RiskRule.of(
              BUILD,
              "the usual first command runs it",
              """
              makefile makefile.* gnumakefile *.mk configure configure.ac configure.in aclocal.m4
              autogen.sh bootstrap bootstrap.sh cmakelists.txt *.cmake cmakepresets.json
              cmakeuserpresets.json meson.build meson_options.txt sconstruct sconscript wscript
              justfile .justfile *.just taskfile.* tasks.py fabfile.py dodo.py snakefile tiltfile
              earthfile procfile brewfile vagrantfile
              """),
          RiskRule.of(
              BUILD,
              "it decides what is built into a container, and what of the machine is given to it",
              """
              dockerfile dockerfile.* *.dockerfile containerfile containerfile.* docker-compose*.yml
              docker-compose*.yaml compose*.yml compose*.yaml docker-bake.* skaffold.yaml
              """),
          RiskRule.of(
              BUILD,
              "the tool that sets machines up runs it, or what it names",
              """
              *.tf *.tf.json .terraformrc terragrunt.hcl ansible.cfg pulumi.yaml cdk.json
              serverless.yml serverless.yaml serverless.ts helmfile.yaml
              """));

  private RiskRules() {}

  /**
   * Returns the risks that a file is by its name, at most one of each kind.
   *
   * @param path of the file
   * @param standsForDirectory as for {@link RiskRule#matches}
   */
  static List<Risk> of(String path, boolean standsForDirectory) {
    List<String> parts = List.of(RiskRule.folded(path).split("/", -1));
    Set<Risk.Kind> seen = EnumSet.noneOf(Risk.Kind.class);
    List<Risk> risks = new ArrayList<>();
    for (RiskRule rule : ALL) {
      if (!seen.contains(rule.kind()) && rule.matches(parts, standsForDirectory)) {
        seen.add(rule.kind());
        risks.add(new Risk(path, rule.kind(), rule.reason()));
      }
    }
    return risks;
  }
}
