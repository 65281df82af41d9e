package dev.dispense.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DemoServerTest {
  @TempDir Path directory;

  @Test
  void servesUntilItsInputEnds() throws Exception {
    Path portFile = directory.resolve("port");
    Path project = directory.resolve("project");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DemoServer.class.getName(),
                "--port-file",
                portFile.toString(),
                "--project",
                project.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      URI url = URI.create(output.readLine());

      assertThat(Files.readString(portFile)).isEqualTo(url.getPort() + "\n");
      assertThat(project.resolve("greet.sh")).exists();
      HttpRequest request =
          HttpRequest.newBuilder(url.resolve("/v1/messages"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"messages\":[]}"))
              .build();
      assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body())
          .contains("sh test.sh");

      process.getOutputStream().close();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void refusesAnOptionThatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DemoServer.main(new String[] {"--address", "x"}))
        .withMessageContaining("--listen ADDRESS");
  }
}
