package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.testkit.RequiresDocker;
import dev.dispense.testkit.RequiresProgram;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vendor's own client library finds in the fake the server that it expects. */
@RequiresDocker
@RequiresProgram({"docker", "node", "npm"})
final class FakeDaytonaVendorIT {
  private static final String LIBRARY = "@daytonaio/sdk@0.218.0";
  private static final String PROGRAM = "vendor-sdk.cjs";

  @Test
  void servesTheVendorsOwnLibrary(@TempDir Path directory) throws Exception {
    try (InputStream program =
        Objects.requireNonNull(FakeDaytonaVendorIT.class.getResourceAsStream(PROGRAM))) {
      Files.copy(program, directory.resolve(PROGRAM));
    }
    Files.writeString(directory.resolve("package.json"), "{}");
    List<String> install =
        List.of("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", LIBRARY);
    HostProgram.Result installed = HostProgram.run(directory, install);
    assertThat(installed.exitCode()).as(installed.output()).isZero();
    try (FakeDaytona daytona = FakeDaytona.builder(FakeDaytonaToolboxIT.IMAGE).start()) {
      HostProgram.Result result =
          HostProgram.run(
              directory, List.of("node", PROGRAM, daytona.url().toString(), daytona.apiKey()));
      assertThat(result.output()).endsWith("all done\n");
      assertThat(daytona.violations()).isEmpty();
    }
  }
}
