package dev.dispense.testkit.daytona.cloud;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The tokens that open a sandbox by SSH, and those of signed preview URLs. */
public final class Access {
  private final Map<String, Grant> ssh = new ConcurrentHashMap<>();
  private final Map<String, Grant> previews = new ConcurrentHashMap<>();

  /** Makes a token for SSH, and takes back all earlier ones of the sandbox. */
  public Grant grantSsh(String sandboxId, Duration lifetime) {
    revoke(sandboxId);
    Grant grant = Grant.of(CloudSandbox.token(32), sandboxId, "22", lifetime);
    ssh.put(grant.token(), grant);
    return grant;
  }

  void expireSsh() {
    ssh.clear();
  }

  public void revoke(String sandboxId) {
    ssh.values().removeIf(grant -> grant.sandboxId().equals(sandboxId));
  }

  public void revoke(String sandboxId, String token) {
    ssh.values()
        .removeIf(grant -> grant.sandboxId().equals(sandboxId) && grant.token().equals(token));
  }

  public Optional<Grant> ssh(String token) {
    return Optional.ofNullable(ssh.get(token)).filter(Grant::valid);
  }

  public Grant sign(String sandboxId, String port, Duration lifetime) {
    Grant grant = Grant.of(CloudSandbox.token(16), sandboxId, port, lifetime);
    previews.put(grant.token(), grant);
    return grant;
  }

  public void expire(String token) {
    previews.remove(token);
  }

  public Optional<Grant> signed(String token) {
    return Optional.ofNullable(previews.get(token)).filter(Grant::valid);
  }

  /** A token and what it opens until when. */
  public record Grant(
      String token, String sandboxId, String port, Instant created, Instant expires) {
    static Grant of(String token, String sandboxId, String port, Duration lifetime) {
      Instant now = Instant.now();
      return new Grant(token, sandboxId, port, now, now.plus(lifetime));
    }

    boolean valid() {
      return Instant.now().isBefore(expires);
    }
  }
}
