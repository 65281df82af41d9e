package dev.dispense.testkit.daytona.cloud;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who may call: keys of organizations, and one token of a user. */
public final class Keys {
  public static final String FIRST_KEY = "dtn_fake_key_of_the_first_organization";
  public static final String FIRST_ORGANIZATION = "5f3a1c9e-0d2b-4f7a-9c11-2b6f0a7d8e01";
  public static final String JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJmYWtlIn0.fake";

  private static final Set<String> ALL =
      Set.of(
          "write:registries",
          "delete:registries",
          "write:snapshots",
          "delete:snapshots",
          "write:sandboxes",
          "delete:sandboxes",
          "read:volumes",
          "write:volumes",
          "delete:volumes",
          "write:regions",
          "delete:regions",
          "read:runners",
          "write:runners",
          "delete:runners",
          "read:audit_logs");

  private final Instant created = Instant.now();
  private final Map<String, Caller> keys = new ConcurrentHashMap<>();
  private volatile boolean areValid = true;

  public Keys() {
    keys.put(FIRST_KEY, new Caller(FIRST_KEY, FIRST_ORGANIZATION, ALL));
  }

  void accept(boolean all) {
    areValid = all;
  }

  public String create(String organization, Set<String> permissions) {
    String key = "dtn_fake_" + UUID.randomUUID().toString().replace("-", "");
    keys.put(key, new Caller(key, organization, permissions.isEmpty() ? ALL : permissions));
    return key;
  }

  /**
   * Returns who calls.
   *
   * @throws ApiError when nobody does that is known
   */
  public Caller authenticate(Call call) {
    String token = areValid ? bearer(call) : null;
    if (token != null && token.equals(JWT)) {
      String organization = call.header("X-Daytona-Organization-ID").orElse("");
      return new Caller(JWT, organization.equals(FIRST_ORGANIZATION) ? organization : "", ALL);
    }
    Caller caller = token == null ? null : keys.get(token);
    if (caller == null) {
      throw new ApiError(401, "Invalid credentials");
    }
    return caller;
  }

  public ObjectNode describe(Caller caller) {
    String key = caller.key();
    ObjectNode node = Json.object();
    node.put("name", "fake");
    node.put("value", key.substring(0, 3) + "*".repeat(20) + key.substring(key.length() - 3));
    node.put("createdAt", Json.time(created));
    ArrayNode permissions = node.putArray("permissions");
    new TreeSet<>(caller.permissions()).forEach(permissions::add);
    node.put("lastUsedAt", Json.time(Instant.now()));
    node.putNull("expiresAt");
    node.put("userId", "fake-user");
    return node;
  }

  private static @Nullable String bearer(Call call) {
    String header = call.header("Authorization").orElse("");
    return header.startsWith("Bearer ") ? header.substring("Bearer ".length()).strip() : null;
  }

  /** Somebody whose key or token was valid. */
  public record Caller(String key, String organization, Set<String> permissions) {
    /** Whether it is a user, whose token is not bound to one organization. */
    public boolean user() {
      return key.equals(JWT);
    }

    /**
     * Checks that the caller may do this in its organization.
     *
     * @throws ApiError when it may not
     */
    public void require(String permission) {
      if (organization.isEmpty() || !(permission.isEmpty() || permissions.contains(permission))) {
        throw new ApiError(403, "Forbidden resource");
      }
    }
  }
}
