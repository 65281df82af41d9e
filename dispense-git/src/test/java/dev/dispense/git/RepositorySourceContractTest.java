package dev.dispense.git;

import dev.dispense.Source;
import dev.dispense.spi.SourceProvider;
import dev.dispense.testkit.source.SourceContract;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class RepositorySourceContractTest extends SourceContract {
  @Override
  protected SourceProvider provider() {
    return new GitSourceProvider();
  }

  @Override
  protected Source source(Path directory) {
    TestHost test = new TestHost(directory.resolveSibling(""));
    test.git(directory, "init", "-q", "-b", "main");
    test.git(directory, "config", "user.name", "Ada");
    test.git(directory, "config", "user.email", "ada@example.com");
    test.git(directory, "add", "-A");
    test.git(directory, "commit", "-qm", "First");
    return Source.directory(directory);
  }

  @Override
  protected boolean mayChange(String path) {
    return path.matches("\\.git|\\.git/(objects|refs|logs|worktrees)(/.*)?|\\.git/packed-refs");
  }

  @Override
  protected List<String> traces(Path directory) throws IOException {
    TestHost test = new TestHost(directory.resolveSibling(""));
    List<String> traces = new ArrayList<>();
    String worktrees = test.run(directory, Map.of(), "git", "worktree", "list", "--porcelain");
    worktrees.lines().filter(line -> line.startsWith("worktree ")).skip(1).forEach(traces::add);
    test.git(directory, "for-each-ref", "refs/heads/dispense", "refs/dispense/*/base")
        .lines()
        .forEach(traces::add);
    return traces;
  }
}
