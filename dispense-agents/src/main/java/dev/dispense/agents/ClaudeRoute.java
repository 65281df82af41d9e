package dev.dispense.agents;

import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.Route;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The way to the model through a gateway, which has the key: the agent gets something in its place
 * that is none, so that it asks as it does with a key of that kind.
 *
 * @param route what the gateway serves
 * @param environment the variables that lead the agent there
 */
record ClaudeRoute(Route route, Map<String, String> environment) {
  private static final String NAME = "anthropic";
  private static final String NO_KEY = "kept-outside-of-the-sandbox";
  private static final URI STANDARD = URI.create("https://api.anthropic.com");

  /** What Claude Code asks a model server for; an account has more that an agent need not reach. */
  private static final List<String> PATHS = List.of("/v1/messages", "/v1/models");

  static ClaudeRoute of(
      Agent.Request request,
      Gateway gateway,
      ClaudeCredential credential,
      Map<String, Secret> further) {
    Map<String, Secret> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(further);
    headers.put(
        credential.kind().header, Secret.of(credential.kind().headerValue(credential.secret())));
    URI upstream = ModelEndpoint.configured(request.host()).orElse(STANDARD);
    Route route = new Route(NAME, upstream, headers, PATHS);
    Map<String, String> environment = new TreeMap<>();
    environment.put("ANTHROPIC_UNIX_SOCKET", gateway.socket());
    environment.put("ANTHROPIC_BASE_URL", gateway.overSocket(route).toString());
    environment.put(credential.kind().variable, NO_KEY);
    return new ClaudeRoute(route, environment);
  }
}
