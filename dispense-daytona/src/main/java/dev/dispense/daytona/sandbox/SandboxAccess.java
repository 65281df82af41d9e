package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dispense.PreviewUrl;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.SshAccess;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.AccessDiscovery;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Ways into a sandbox for people: SSH, and addresses of its ports (v0.190.0). */
public final class SandboxAccess {
  /** What the service's own programs in a sandbox listen on: terminal, toolbox, recordings. */
  private static final Set<Integer> RESERVED = Set.of(22222, 2280, 33333);

  private static final Duration LONGEST_SIGNED = Duration.ofDays(1);
  private static final Duration LONGEST_SSH = Duration.ofDays(30);

  /** {@code ssh TOKEN@host} or {@code ssh -p PORT TOKEN@host}. */
  private static final Pattern COMMAND =
      Pattern.compile("ssh (?:-p (\\d{1,5}) )?([A-Za-z0-9._~+=-]+)@\\[?([A-Za-z0-9.:_-]+?)]?");

  private static final String TOKEN_HEADER = "X-Daytona-Preview-Token";

  private final Sandboxes sandboxes;
  private final Clock clock;

  public SandboxAccess(Sandboxes sandboxes, Clock clock) {
    this.sandboxes = sandboxes;
    this.clock = clock;
  }

  /** Gives access by SSH; each time, the service ends the access that it gave before. */
  public SshAccess ssh(String id, Duration lifetime) {
    String doing = "get access to the sandbox by SSH";
    requireLifetime(lifetime, LONGEST_SSH, "Access by SSH");
    requireStarted(doing, id);
    String minutes = Long.toString(Math.max(1, lifetime.plusSeconds(59).toMinutes()));
    JsonNode answer =
        sandboxes
            .calls()
            .json(
                doing,
                post(
                    sandboxes
                        .url("sandbox", id, "ssh-access")
                        .addQueryParameter("expiresInMinutes", minutes)));
    try {
      String token = answer.path("token").asText("");
      Matcher command = COMMAND.matcher(answer.path("sshCommand").asText("").strip());
      if (command.matches() && command.group(2).equals(token)) {
        int port = command.group(1) == null ? 22 : Integer.parseInt(command.group(1));
        Instant expires = Instant.parse(answer.path("expiresAt").asText(""));
        return new SshAccess(command.group(3), port, Secret.of(token), expires);
      }
    } catch (IllegalArgumentException | DateTimeParseException e) {
      // The text of the exception may have the token in it.
      throw senseless(doing);
    }
    throw senseless(doing);
  }

  /** Returns the address of a port. */
  public PreviewUrl preview(String id, int port, PreviewUrl.Access access, Duration lifetime) {
    String doing = "get the address of port " + port + " of the sandbox";
    requirePort(port);
    requireStarted(doing, id);
    String number = Integer.toString(port);
    if (access == PreviewUrl.Access.SIGNED) {
      requireLifetime(lifetime, LONGEST_SIGNED, "A signed address");
      long seconds = lifetime.plusNanos(999_999_999).toSeconds();
      Instant expires = clock.instant().plusSeconds(seconds);
      HttpUrl.Builder url =
          sandboxes
              .url("sandbox", id, "ports", number, "signed-preview-url")
              .addQueryParameter("expiresInSeconds", Long.toString(seconds));
      return new PreviewUrl(
          address(doing, get(doing, url)),
          Optional.empty(),
          Optional.empty(),
          Optional.of(expires));
    }
    if (access == PreviewUrl.Access.PUBLIC) {
      makePublic(id);
    }
    JsonNode answer = get(doing, sandboxes.url("sandbox", id, "ports", number, "preview-url"));
    boolean isPrivate = access == PreviewUrl.Access.PRIVATE;
    Optional<String> token =
        Optional.of(answer.path("token").asText("")).filter(text -> isPrivate && !text.isEmpty());
    return new PreviewUrl(
        address(doing, answer),
        token.map(text -> AccessDiscovery.secret(text, "the answer of Daytona")),
        token.map(unused -> TOKEN_HEADER),
        Optional.empty());
  }

  private void makePublic(String id) {
    String doing = "make the ports of the sandbox public";
    Reply reply =
        sandboxes.calls().make(doing, post(sandboxes.url("sandbox", id, "public", "true")));
    Reply unused = sandboxes.calls().succeeded(doing, reply);
  }

  private JsonNode get(String doing, HttpUrl.Builder url) {
    return sandboxes.calls().json(doing, new Request.Builder().url(url.build()).build());
  }

  private static Request post(HttpUrl.Builder url) {
    return new Request.Builder()
        .url(url.build())
        .post(RequestBody.create(new byte[0], null))
        .build();
  }

  private URI address(String doing, JsonNode answer) {
    try {
      URI url = new URI(answer.path("url").asText(""));
      if (("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
          && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // Its text may be a secret.
      throw senseless(doing);
    }
    throw senseless(doing);
  }

  private UnavailableException senseless(String doing) {
    return Failure.senseless(doing, sandboxes.calls().http().access().address());
  }

  private void requireStarted(String doing, String id) {
    if (!sandboxes.ours(doing, id).isStarted()) {
      throw new UnavailableException(
          "Tried to " + doing + " but failed because it is not started. Start it first.");
    }
  }

  private static void requirePort(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("A port is from 1 to 65535, not " + port);
    }
    if (RESERVED.contains(port)) {
      throw new RefusedException(
          "Refused to give an address to port "
              + port
              + " because Daytona's own programs in the sandbox listen there. Use another port.");
    }
  }

  private static void requireLifetime(Duration lifetime, Duration longest, String what) {
    if (lifetime.isZero() || lifetime.isNegative() || lifetime.compareTo(longest) > 0) {
      throw new RefusedException(
          what + " lasts at most " + longest.toHours() + " hours, and longer than nothing.");
    }
  }
}
