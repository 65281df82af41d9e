package dev.dispense.git;

import dev.dispense.Source;
import dev.dispense.spi.SourceProvider;
import dev.dispense.testkit.source.SourceContract;
import java.nio.file.Path;

class CopySourceContractTest extends SourceContract {
  @Override
  protected SourceProvider provider() {
    return new GitSourceProvider();
  }

  @Override
  protected Source source(Path directory) {
    return Source.directory(directory);
  }

  @Override
  protected boolean isRepository() {
    return false;
  }
}
