package dev.dispense.testkit.daytona.api;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.testkit.daytona.cloud.Access;
import dev.dispense.testkit.daytona.cloud.Cloud;
import dev.dispense.testkit.daytona.cloud.CloudSandbox;
import dev.dispense.testkit.daytona.cloud.Keys;
import dev.dispense.testkit.daytona.http.ApiError;
import dev.dispense.testkit.daytona.http.Call;
import dev.dispense.testkit.daytona.http.Json;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Tokens for SSH, and the URLs of previews. */
final class AccessRoutes {
  private static final String WRITE = "write:sandboxes";
  private static final int DEFAULT_MINUTES = 60;
  private static final long DEFAULT_SECONDS = 60;
  private static final long MAX_SECONDS = 86_400;

  private final Cloud cloud;

  AccessRoutes(Cloud cloud) {
    this.cloud = cloud;
  }

  void addTo(MainApi api) {
    api.on("POST", "sandbox/{id}/ssh-access", WRITE, this::grantSsh);
    api.on("DELETE", "sandbox/{id}/ssh-access", WRITE, this::revokeSsh);
    api.on("GET", "sandbox/ssh-access/validate", "", this::validateSsh);
    api.on("GET", "sandbox/{id}/ports/{port}/preview-url", "", this::preview);
    api.on("GET", "sandbox/{id}/ports/{port}/signed-preview-url", "", this::sign);
    String expire = "sandbox/{id}/ports/{port}/signed-preview-url/{token}/expire";
    api.on("POST", expire, "", this::expire);
  }

  private void grantSsh(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    long minutes = number(call, "expiresInMinutes", DEFAULT_MINUTES);
    if (minutes < 1) {
      throw ApiError.badRequest("expiresInMinutes must be positive");
    }
    Access.Grant grant = cloud.access().grantSsh(sandbox.id(), cloud.settings().minutes(minutes));
    ObjectNode node = Json.object();
    node.put("id", UUID.randomUUID().toString());
    node.put("sandboxId", sandbox.id());
    node.put("token", grant.token());
    node.put("expiresAt", Json.time(grant.expires()));
    node.put("createdAt", Json.time(grant.created()));
    node.put("updatedAt", Json.time(grant.created()));
    node.put("sshCommand", cloud.address().sshCommand(grant.token()));
    call.answer(200, node);
  }

  private void revokeSsh(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    Optional<String> token = call.parameter("token");
    if (token.isPresent()) {
      cloud.access().revoke(sandbox.id(), token.get());
    } else {
      cloud.access().revoke(sandbox.id());
    }
    call.answer(200, sandbox.full());
  }

  /** Only the gateway may ask. */
  private void validateSsh(Call call, Keys.Caller caller, Map<String, String> names) {
    throw new ApiError(403, "Invalid authentication context");
  }

  private void preview(Call call, Keys.Caller caller, Map<String, String> names)
      throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    String port = port(names);
    ObjectNode node = Json.object();
    node.put("sandboxId", sandbox.id());
    node.put("url", cloud.address().preview(port, sandbox.id()));
    node.put("token", sandbox.previewToken());
    call.answer(200, node);
  }

  private void sign(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    CloudSandbox sandbox = SandboxRoutes.find(cloud, caller, names);
    String port = port(names);
    long seconds = number(call, "expiresInSeconds", DEFAULT_SECONDS);
    if (seconds < 1 || seconds > MAX_SECONDS) {
      throw ApiError.badRequest("expiresInSeconds must be between 1 second and 24 hours");
    }
    Access.Grant grant = cloud.access().sign(sandbox.id(), port, cloud.settings().seconds(seconds));
    ObjectNode node = Json.object();
    node.put("sandboxId", sandbox.id());
    node.put("port", Integer.parseInt(port));
    node.put("token", grant.token());
    node.put("url", cloud.address().preview(port, grant.token()));
    call.answer(200, node);
  }

  private void expire(Call call, Keys.Caller caller, Map<String, String> names) throws IOException {
    SandboxRoutes.find(cloud, caller, names);
    cloud.access().expire(names.getOrDefault("token", ""));
    call.answer(201, NullNode.getInstance());
  }

  private static String port(Map<String, String> names) {
    String port = names.getOrDefault("port", "");
    if (!port.matches("\\d{1,5}") || Integer.parseInt(port) < 1) {
      throw ApiError.badRequest("Invalid port");
    }
    return port;
  }

  private static long number(Call call, String name, long other) {
    String text = call.parameter(name).orElse(Long.toString(other));
    if (!text.matches("-?\\d{1,15}")) {
      throw ApiError.badRequest(name + " must be a number");
    }
    return Long.parseLong(text);
  }
}
