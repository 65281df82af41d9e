package dev.dispense.testkit.daytona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the fake does of itself, or when a test makes it fail; nothing here needs a container. */
final class FakeDaytonaTest {
  private FakeDaytona daytona = FakeDaytona.builder("none").start();

  @AfterEach
  void close() {
    daytona.close();
    daytona.close();
  }

  @Test
  void letsNobodySeeTheSandboxesOfAnotherOrganization() throws IOException {
    DaytonaClient ours = new DaytonaClient(daytona);
    DaytonaClient theirs = new DaytonaClient(daytona, daytona.newKey("other", Set.of()));
    String sandbox = ours.create("{\"name\":\"one\"}");
    theirs.create("{\"name\":\"one\"}");
    assertThat(theirs.call("GET", "/sandbox/" + sandbox).status()).isEqualTo(404);
    assertThat(theirs.toolbox(sandbox, "GET", "/version").status()).isEqualTo(404);
    assertThat(ours.toolbox(sandbox, "GET", "/version").status()).isEqualTo(200);
    assertThat(theirs.call("GET", "/sandbox").json().path("items")).hasSize(1);
  }

  @Test
  void letsAKeyDoNoMoreThanItMay() throws IOException {
    String key = daytona.newKey(daytona.organizationId(), Set.of("write:sandboxes"));
    DaytonaClient limited = new DaytonaClient(daytona, key);
    String sandbox = limited.create("{}");
    assertThat(limited.call("GET", "/api-keys/current").json().path("permissions")).hasSize(1);
    assertThat(limited.call("DELETE", "/sandbox/" + sandbox).status()).isEqualTo(403);
  }

  @Test
  void wantsTheOrganizationWithAToken() throws IOException {
    DaytonaClient user = new DaytonaClient(daytona, daytona.jwt());
    URI list = URI.create(daytona.url() + "/sandbox");
    assertThat(user.send("GET", list, Map.of()).status()).isEqualTo(403);
    assertThat(
            user.send("GET", list, Map.of("X-Daytona-Organization-ID", daytona.organizationId()))
                .status())
        .isEqualTo(200);
    assertThat(user.call("GET", "/organizations").status()).isEqualTo(200);
  }

  @Test
  void listsPageAfterPageWithoutGapsOrRepetitions() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 25; i++) {
      made.add(client.create("{}"));
    }
    Set<String> listed = new HashSet<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = client.call("GET", "/sandbox?limit=10" + cursor).json();
      page.path("items").forEach(item -> assertThat(listed.add(item.path("id").asText())).isTrue());
      cursor =
          page.path("nextCursor").isNull() ? "" : "&cursor=" + page.path("nextCursor").asText();
      pages++;
    } while (!cursor.isEmpty());
    assertThat(listed).isEqualTo(made);
    assertThat(pages).isEqualTo(3);
    assertThat(daytona.violations()).isEmpty();
  }

  @Test
  void listsInTheOrderThatIsAskedFor() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    client.create("{\"name\":\"a:b\"}");
    client.create("{\"name\":\"P a\"}");
    client.create("{\"name\":\"7\"}");
    assertThat(names(client, "")).containsExactly("7", "P a", "a:b");
    assertThat(names(client, "?order=asc")).containsExactly("a:b", "P a", "7");
    assertThat(names(client, "?sort=name&order=asc")).containsExactly("7", "P a", "a:b");
    assertThat(names(client, "?sort=name&order=desc")).containsExactly("a:b", "P a", "7");
    assertThat(names(client, "?name=p")).containsExactly("P a");
  }

  @Test
  void countsRequestsAndRefusesThoseThatAreTooMany() throws IOException {
    restart(FakeDaytona.builder("none").rateLimits(100, 2, 1));
    DaytonaClient client = new DaytonaClient(daytona);
    String sandbox = client.create("{}");
    client.create("{}");
    DaytonaClient.Answer refused = client.call("POST", "/sandbox", "{}");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After-sandbox-create")).isPresent();
    assertThat(refused.header("Retry-After")).isEmpty();
    client.awaitState(sandbox, "started");
    assertThat(client.call("POST", "/sandbox/" + sandbox + "/stop").status()).isEqualTo(200);
    assertThat(client.call("DELETE", "/sandbox/" + sandbox).status()).isEqualTo(429);
    assertThat(client.call("GET", "/sandbox/" + sandbox).status()).isEqualTo(200);
  }

  @Test
  void answersATimeOfMaintenanceWith503() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    daytona.faults().maintenance(true);
    assertThat(client.call("GET", "/sandbox").status()).isEqualTo(503);
    assertThat(client.call("GET", "/config").json().path("maintananceMode").asBoolean()).isTrue();
    daytona.faults().maintenance(false);
    assertThat(client.call("GET", "/sandbox").status()).isEqualTo(200);
  }

  @Test
  void refusesWhatATestTellsItTo() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    daytona.faults().refuse("POST /api/sandbox$", 1, 403, "Total CPU limit exceeded");
    daytona.faults().refuse("GET /api/sandbox$", 2, 502, "");
    DaytonaClient.Answer quota = client.call("POST", "/sandbox", "{}");
    assertThat(quota.status()).isEqualTo(403);
    assertThat(quota.json().path("message").asText()).isEqualTo("Total CPU limit exceeded");
    assertThat(client.call("GET", "/sandbox").text()).isEmpty();
    assertThat(client.call("GET", "/sandbox").status()).isEqualTo(502);
    assertThat(client.call("GET", "/sandbox").status()).isEqualTo(200);
  }

  @Test
  void doesWhatItIsAskedAndLosesTheAnswer() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    daytona.faults().loseAnswer("POST /api/sandbox$");
    assertThatThrownBy(() -> client.call("POST", "/sandbox", "{\"name\":\"lost\"}"))
        .isInstanceOf(IOException.class);
    assertThat(client.call("GET", "/sandbox/lost").status()).isEqualTo(200);
    daytona.faults().cutAnswer("GET /api/sandbox/lost", 10);
    assertThatThrownBy(() -> client.call("GET", "/sandbox/lost")).isInstanceOf(IOException.class);
  }

  @Test
  void leavesASandboxBehindWhoseStartFails() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    daytona.faults().failStart("no space left on device");
    assertThat(client.call("POST", "/sandbox", "{\"name\":\"bad\"}").status()).isEqualTo(400);
    JsonNode left = client.call("GET", "/sandbox/bad").json();
    assertThat(left.path("state").asText()).isEqualTo("error");
    assertThat(left.path("recoverable").asBoolean()).isTrue();
    assertThat(client.call("POST", "/sandbox/bad/recover").json().path("state").asText())
        .isEqualTo("started");
  }

  @Test
  void waitsNoLongerThanItHolds() throws IOException {
    restart(FakeDaytona.builder("none").hold(Duration.ofMillis(50)));
    DaytonaClient client = new DaytonaClient(daytona);
    daytona.faults().freeze();
    String sandbox = client.create("{}");
    assertThat(client.call("GET", "/sandbox/" + sandbox).json().path("state").asText())
        .isEqualTo("creating");
    assertThat(client.call("DELETE", "/sandbox/" + sandbox).status()).isEqualTo(409);
    daytona.faults().thaw();
    client.awaitState(sandbox, "started");
  }

  @Test
  void stopsArchivesAndDeletesWhatIsIdle() throws IOException {
    restart(FakeDaytona.builder("none").minute(Duration.ofMillis(300)));
    DaytonaClient client = new DaytonaClient(daytona);
    String archived = client.create("{\"autoStopInterval\":1,\"autoArchiveInterval\":1}");
    String deleted = client.create("{\"autoStopInterval\":1,\"autoDeleteInterval\":1}");
    String kept = client.create("{\"autoStopInterval\":0}");
    client.awaitState(archived, "archived");
    client.awaitState(deleted, "gone");
    client.awaitState(kept, "started");
    assertThat(client.call("POST", "/sandbox/" + archived + "/start").json().path("state"))
        .hasToString("\"started\"");
  }

  @Test
  void notesRequestsAndWhatIsWrongWithThem() throws IOException {
    DaytonaClient client = new DaytonaClient(daytona);
    client.call("GET", "/sandbox?limit=many&color=red");
    client.call("PUT", "/sandbox/one/labels", "{\"labels\":{\"a\":1},\"more\":true}");
    client.call("POST", "/sandbox", "{\"volumes\":[{\"mountPath\":\"/v\"}],\"ttlMinutes\":5}");
    client.call("GET", "/sandboxes");
    assertThat(daytona.requests())
        .extracting(DaytonaRequest::method)
        .containsExactly("GET", "PUT", "POST", "GET");
    assertThat(daytona.requests().get(0).path()).isEqualTo("/api/sandbox?limit=many&color=red");
    assertThat(String.join("\n", daytona.violations()))
        .contains("unknown parameter color", "parameter limit is many")
        .contains("body.labels is not of the type strings", "body has an unknown field more")
        .contains("body.volumes[].volumeId is missing", "body has an unknown field ttlMinutes")
        .contains("GET /api/sandboxes: there is no such request");
  }

  private static List<String> names(DaytonaClient client, String query) throws IOException {
    List<String> names = new ArrayList<>();
    client
        .call("GET", "/sandbox" + query)
        .json()
        .path("items")
        .forEach(item -> names.add(item.path("name").asText()));
    return names;
  }

  private void restart(FakeDaytona.Builder builder) {
    daytona.close();
    daytona = builder.start();
  }
}
