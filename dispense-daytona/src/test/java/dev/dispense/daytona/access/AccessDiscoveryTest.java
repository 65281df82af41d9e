package dev.dispense.daytona.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.DaytonaLogin;
import dev.dispense.daytona.DaytonaProviderFactory;
import dev.dispense.daytona.TestHost;
import dev.dispense.daytona.TestService;
import dev.dispense.testkit.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(LeakCheck.class)
class AccessDiscoveryTest {
  @TempDir Path home;

  private Access find(Map<String, String> environment) {
    return new AccessDiscovery(TestHost.at(home, environment)).find();
  }

  private boolean isConfigured(Map<String, String> environment) {
    return new DaytonaProviderFactory().isConfigured(TestHost.at(home, environment));
  }

  private void vendorFile(String api) throws IOException {
    Path file = home.resolve(".config/daytona/config.json");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        """
        {"activeProfile":"b","profiles":[{"id":"a","api":{"url":"https://other.invalid","key":"no"}},
        {"id":"b","name":"b","api":%s,"activeOrganizationId":"org-7"}]}\
        """
            .formatted(api));
  }

  @Test
  void withoutAKeyItIsNotSetUpAndOpeningItSaysWhatToDo() {
    assertThat(isConfigured(Map.of())).isFalse();
    assertThatThrownBy(() -> new DaytonaProviderFactory().open(TestHost.at(home, Map.of())))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("DAYTONA_API_KEY")
        .hasMessageContaining("or store one.")
        .extracting(failure -> ((DispenseException) failure).hint().orElseThrow())
        .isEqualTo(new DispenseException.Hint.StoreKey("daytona"));
  }

  @Test
  void theVariablesComeFirst() throws IOException {
    vendorFile("{\"url\":\"https://vendor.invalid/api\",\"key\":\"vendor-key\"}");
    Access access =
        find(
            Map.of(
                "DAYTONA_API_KEY", "key-1\n",
                "DAYTONA_API_URL", "https://daytona.example.org/api/",
                "DAYTONA_TARGET", "eu"));

    assertThat(access.token()).isEqualTo(Secret.of("key-1"));
    assertThat(access.address().value()).isEqualTo("https://daytona.example.org/api");
    assertThat(access.target()).contains("eu");
    assertThat(access.toString()).doesNotContain("key-1");
  }

  @Test
  void aTokenNeedsAnOrganization() {
    assertThatThrownBy(() -> find(Map.of("DAYTONA_JWT_TOKEN", "t")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("DAYTONA_ORGANIZATION_ID");
    assertThat(
            find(Map.of("DAYTONA_JWT_TOKEN", "t", "DAYTONA_ORGANIZATION_ID", "org-1"))
                .organization())
        .contains("org-1");
  }

  @Test
  void theVendorsFileIsReadWithTheAddressOfItsProfile() throws IOException {
    vendorFile("{\"url\":\"https://vendor.invalid/api\",\"key\":\"vendor-key\",\"token\":null}");
    Access access = find(Map.of("DAYTONA_API_URL", "https://elsewhere.invalid"));

    assertThat(isConfigured(Map.of())).isTrue();
    assertThat(access.address().value()).isEqualTo("https://vendor.invalid/api");
    assertThat(access.token()).isEqualTo(Secret.of("vendor-key"));
  }

  @Test
  void aLoginOfTheVendorsIsUsedUntilItExpires() throws IOException {
    vendorFile(
        "{\"url\":\"https://vendor.invalid/api\",\"key\":null,\"token\":{\"accessToken\":\"jwt\","
            + "\"expiresAt\":\"2026-11-25T14:00:01+02:00\"}}");
    assertThat(find(Map.of()).organization()).contains("org-7");

    vendorFile(
        "{\"url\":\"https://vendor.invalid/api\",\"key\":null,\"token\":{\"accessToken\":\"jwt\","
            + "\"expiresAt\":\"2026-11-25T11:59:59Z\"}}");
    assertThatThrownBy(() -> find(Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("expired");
  }

  @Test
  void aFileOfTheVendorsWithoutALoginIsNothing() throws IOException {
    vendorFile("{\"url\":\"https://vendor.invalid/api\",\"key\":null,\"token\":null}");

    assertThat(isConfigured(Map.of())).isFalse();
  }

  @Test
  void aDamagedFileIsToldWithoutWhatIsInIt() throws IOException {
    vendorFile("{\"key\":\"secret-key\"");

    assertThatThrownBy(() -> find(Map.of()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("config.json")
        .hasMessageNotContaining("secret-key")
        .hasNoCause();
  }

  @Test
  void aKeyIsStoredOnlyAfterTheServerHasAcceptedIt() throws IOException {
    try (TestService service =
        new TestService(
            asked ->
                asked.header("Authorization").equals("Bearer good")
                    ? TestService.Answered.json(200, "{\"name\":\"mine\"}")
                    : TestService.Answered.json(401, "{\"message\":\"Invalid credentials\"}"))) {
      Environment host = TestHost.at(home, Map.of("DAYTONA_API_URL", service.url("/api")));
      assertThatThrownBy(() -> DaytonaLogin.store(host, Secret.of("bad")))
          .isInstanceOf(UnavailableException.class)
          .hasMessageNotContaining("bad");
      assertThat(isConfigured(Map.of())).isFalse();

      Path file = DaytonaLogin.store(host, Secret.of("good"));

      assertThat(service.calls()).containsOnly("GET /api/api-keys/current");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(find(Map.of()).token()).isEqualTo(Secret.of("good"));
      assertThat(find(Map.of()).address().value()).isEqualTo(service.url("/api"));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
      assertThatThrownBy(() -> find(Map.of()))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("chmod 600");
    }
  }

  @Test
  void aKeyIsSentInClearTextToThisMachineOnly() {
    for (String address :
        new String[] {"http://localhost:3000/api", "http://127.0.0.1", "http://[::1]:1/api"}) {
      assertThat(find(Map.of("DAYTONA_API_KEY", "k", "DAYTONA_API_URL", address))).isNotNull();
    }
    for (String address :
        new String[] {"http://daytona.example.org/api", "http://127.0.0.1.example.org"}) {
      assertThatThrownBy(() -> find(Map.of("DAYTONA_API_KEY", "k", "DAYTONA_API_URL", address)))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("clear text");
    }
    for (String address :
        new String[] {"daytona.example.org", "ftp://x", "https://u:pw@x.example.org", "https://"}) {
      assertThatThrownBy(() -> find(Map.of("DAYTONA_API_KEY", "k", "DAYTONA_API_URL", address)))
          .isInstanceOf(UnavailableException.class)
          .hasMessageNotContaining("pw");
    }
  }

  @Test
  void whatIsNoKeyIsNotSent() {
    assertThatThrownBy(() -> find(Map.of("DAYTONA_API_KEY", "two words")))
        .isInstanceOf(UnavailableException.class)
        .hasMessageNotContaining("two words");
  }
}
