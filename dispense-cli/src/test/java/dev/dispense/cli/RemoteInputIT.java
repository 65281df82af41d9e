package dev.dispense.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Dispense;
import dev.dispense.Environment;
import dev.dispense.testkit.RequiresProgram;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.daytona.FakeDaytona;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a user reads who has something wrong in what Daytona needs. Nothing runs in a sandbox, so no
 * Docker is needed.
 */
@RequiresProgram("docker")
class RemoteInputIT {
  private static final String CREATION = "POST /api/sandbox$";

  @TempDir Path home;
  private final FakeDaytona daytona = FakeDaytona.builder("debian:bookworm-slim").start();
  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, String> settings = new HashMap<>(Map.of("agent", "scripted"));
  private Path directory;

  @BeforeEach
  void setUp() throws IOException {
    directory = Files.createDirectories(home.resolve("project"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("DAYTONA_API_KEY", daytona.apiKey());
    environment.put("DAYTONA_API_URL", daytona.url().toString());
  }

  /** Nothing is left, neither there nor here, so the same name can be used again. */
  @AfterEach
  void nothingIsLeft() {
    environment.clear();
    environment.put("DAYTONA_API_KEY", daytona.apiKey());
    environment.put("DAYTONA_API_URL", daytona.url().toString());
    List<String> told = run("list", "--remote");
    daytona.close();
    assertThat(told).first().isEqualTo("0");
    assertThat(told).noneMatch(line -> line.startsWith("box"));
    assertThat(home.resolve("state/sandboxes/box")).doesNotExist();
  }

  /** Returns the exit code, and the lines of both outputs. */
  private List<String> run(String... arguments) {
    FakeConsole console = FakeConsole.withoutTerminal();
    int exitCode = new Cli(console, this::open, directory).run(List.of(arguments));
    List<String> told = new ArrayList<>(List.of(Integer.toString(exitCode)));
    console.outText().lines().forEach(told::add);
    console.errText().lines().forEach(told::add);
    return told;
  }

  private Dispense open() {
    Environment host =
        Environment.in(home)
            .withVariables(environment)
            .withSettings(settings)
            .withStateDirectory(home.resolve("state"))
            .withCacheDirectory(home.resolve("cache"))
            .withUserName("ada");
    return Dispense.builder()
        .environment(host)
        .plugin(ScriptedAgent.builder("scripted").succeed("Done.").build())
        .build();
  }

  private void assertNew(String[] options, String... words) {
    List<String> arguments =
        new ArrayList<>(List.of("new", "--remote", "--name", "box", "--skip-copy"));
    arguments.addAll(List.of(options));
    assertTold(run(arguments.toArray(String[]::new)), words);
  }

  private void assertNew(String... words) {
    assertNew(new String[0], words);
  }

  private static void assertTold(List<String> told, String... words) {
    assertThat(told.get(0)).isIn("1", "2");
    String text = String.join("\n", told.subList(1, told.size()));
    assertThat(text).contains("dispense: ").contains(words);
    assertThat(text).doesNotContain("Exception", "\tat ", "Besides", "unexpected");
    assertThat(told.stream().filter(line -> line.startsWith("dispense: "))).hasSize(1);
  }

  @Test
  void noKey() {
    environment.remove("DAYTONA_API_KEY");

    assertNew("there is no key for it", "DAYTONA_API_KEY", "dispense login daytona");
    assertTold(run("list", "--remote"), "there is no key for it");
  }

  @Test
  void aWrongKey() {
    environment.put("DAYTONA_API_KEY", "dtn_wrong");

    assertNew("does not accept the key from the variable DAYTONA_API_KEY", "dashboard");
    assertTold(run("list", "--remote"), "does not accept the key");
    assertTold(run("delete", "--remote", "--force", "box"), "does not accept the key");
  }

  @Test
  void aKeyThatMayNotMakeSandboxes() {
    environment.put(
        "DAYTONA_API_KEY", daytona.newKey(daytona.organizationId(), Set.of("read:volumes")));

    assertNew("may not do that", "permissions to write and delete sandboxes");
  }

  @Test
  void aKeyOfAnotherOrganization() {
    environment.put("DAYTONA_API_KEY", daytona.newKey("another", Set.of()));

    assertTold(run("exec", "box", "--", "true"), "There is no sandbox 'box'");
  }

  @Test
  void aTokenWithoutAnOrganizationOrOfAnother() {
    environment.remove("DAYTONA_API_KEY");
    environment.put("DAYTONA_JWT_TOKEN", daytona.jwt());
    assertNew("DAYTONA_ORGANIZATION_ID is not set");

    environment.put("DAYTONA_ORGANIZATION_ID", "not-mine");
    assertNew("organization 'not-mine' (DAYTONA_ORGANIZATION_ID)");
  }

  @Test
  void aTokenThatHasExpired() {
    environment.remove("DAYTONA_API_KEY");
    environment.put("DAYTONA_JWT_TOKEN", daytona.jwt());
    environment.put("DAYTONA_ORGANIZATION_ID", daytona.organizationId());
    daytona.faults().expireKeys();

    assertNew("access token from the variable DAYTONA_JWT_TOKEN", "expired", "daytona login");
    daytona.faults().renewKeys();
  }

  @Test
  void aSnapshotThatIsNotThereOrHasNoName() {
    assertNew(
        new String[] {"--image", "snapshot:no-such"},
        "'snapshot:no-such' cannot be used",
        "the image snapshot:NAME");
    assertNew(new String[] {"--image", "snapshot:"}, "the name of the snapshot is missing");
    assertNew(new String[] {"--image", "Not An Image"}, "is not the name of one");
  }

  @Test
  void resourcesWithASnapshot() {
    assertNew(new String[] {"--cpu", "4"}, "made from a Daytona snapshot, which has its own");
  }

  @Test
  void aRegionThatIsNotThere() {
    environment.put("DAYTONA_TARGET", "mars");

    assertNew("the region 'mars' cannot be used", "Set DAYTONA_TARGET");
  }

  @ParameterizedTest
  @CsvSource({
    "400, 'Total CPU limit exceeded. Maximum allowed: 10.', 'has used up what it may use'",
    "403, Sandbox quota exceeded, 'has used up what it may use'",
    "404, Volume 'data' not found, a volume is missing",
    "503, Object storage is not configured, not available at the moment"
  })
  void whatTheServiceRefuses(int status, String message, String words) {
    daytona.faults().refuse(CREATION, 9, status, message);

    assertNew(words, message.replaceFirst("[.]$", ""));
  }

  @Test
  void aServerInMaintenance() {
    daytona.faults().maintenance(true);

    assertNew("not available at the moment", "maintenance", "Try again later");
    daytona.faults().maintenance(false);
  }

  @ParameterizedTest
  @CsvSource({
    "http://daytona.example.org/api, clear text",
    "daytona.example.org, It must look like https://app.daytona.io/api",
    "ftp://daytona.example.org, It must look like https://app.daytona.io/api",
    "https://ann:pw@daytona.example.org, It must look like https://app.daytona.io/api"
  })
  void anAddressThatIsNoneOrNotSafe(String address, String words) {
    environment.put("DAYTONA_API_URL", address);

    assertNew(words, "(from the variable DAYTONA_API_URL)");
  }

  @Test
  void anAddressWithoutThePathOfTheApi() {
    environment.put("DAYTONA_API_URL", daytona.url().toString().replaceFirst("/api$", "/api/v9"));

    assertNew("does not speak as Daytona does", "such as https://app.daytona.io/api");
    assertTold(run("list", "--remote"), "does not speak as Daytona does");
  }

  @Test
  void aSettingThatIsNoNumber() {
    settings.put("daytona.auto-stop-minutes", "abc");

    assertNew("'abc' as the setting daytona.auto-stop-minutes", "such as 60");
  }

  @Test
  void aProxyThatIsNone() {
    environment.put("HTTPS_PROXY", "not a proxy");

    assertNew("the proxy that HTTPS_PROXY names", "http://proxy.example.org:3128");
  }
}
