/** Sources: worktrees of git repositories and copies of directories. */
module dev.dispense.git {
  requires transitive dev.dispense;
  requires static org.jspecify;

  exports dev.dispense.git;

  provides dev.dispense.spi.SourceProvider with
      dev.dispense.git.GitSourceProvider;
}
