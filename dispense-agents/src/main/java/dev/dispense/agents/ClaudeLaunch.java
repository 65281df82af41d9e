package dev.dispense.agents;

import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Route;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** The command line and environment of one run of {@code claude -p}. */
final class ClaudeLaunch {
  /**
   * What stands in the line of a result and in no other. The order of a line's members varies, and
   * a quote within a string is escaped, so that a text cannot look like this.
   */
  static final List<String> END_MARKER =
      List.of("\"type\":\"result\"", "\"is_error\":", "\"num_turns\":", "\"permission_denials\":");

  private static final String CUSTOM_HEADERS = "ANTHROPIC_CUSTOM_HEADERS";
  private static final List<String> PASSED_ON =
      List.of(
          "ANTHROPIC_BETAS",
          "ANTHROPIC_DEFAULT_HAIKU_MODEL",
          "ANTHROPIC_DEFAULT_OPUS_MODEL",
          "ANTHROPIC_DEFAULT_SONNET_MODEL",
          "ANTHROPIC_MODEL",
          "ANTHROPIC_SMALL_FAST_MODEL",
          "API_TIMEOUT_MS",
          "BASH_DEFAULT_TIMEOUT_MS",
          "BASH_MAX_TIMEOUT_MS",
          "CLAUDE_CODE_EFFORT_LEVEL",
          "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
          "CLAUDE_CODE_SUBAGENT_MODEL",
          "DISABLE_PROMPT_CACHING",
          "MAX_THINKING_TOKENS");

  private ClaudeLaunch() {}

  static Agent.Launch of(Agent.Request request) {
    ClaudeCredential credential = ClaudeCredential.require(request);
    Map<String, String> environment = environment(request);
    if (request.gateway().isPresent()) {
      ClaudeRoute way =
          ClaudeRoute.of(request, request.gateway().get(), credential, customHeaders(request));
      environment.putAll(way.environment());
      return launch(request, environment, Map.of(), Map.of(), List.of(way.route()));
    }
    environment.putAll(ModelEndpoint.environment(request));
    return launch(
        request,
        environment,
        secretVariables(request, credential),
        credential.descriptors(),
        List.of());
  }

  private static Agent.Launch launch(
      Agent.Request request,
      Map<String, String> environment,
      Map<String, Secret> variables,
      Map<String, Secret> descriptors,
      List<Route> routes) {
    return Agent.Launch.builder(argv(request))
        .environment(environment)
        .secretVariables(variables)
        .secretDescriptors(descriptors)
        .routes(routes)
        .endMarker(END_MARKER)
        .build();
  }

  private static List<String> argv(Agent.Request request) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "claude",
                "-p",
                "--output-format",
                "stream-json",
                "--verbose",
                "--dangerously-skip-permissions"));
    if (request.resumeSession().isPresent()) {
      argv.addAll(List.of("--resume", session(request.resumeSession().get())));
    } else {
      argv.addAll(List.of("--session-id", UUID.randomUUID().toString()));
    }
    request.model().ifPresent(model -> argv.addAll(List.of("--model", model(model))));
    request
        .maxTurns()
        .ifPresent(turns -> argv.addAll(List.of("--max-turns", Integer.toString(turns))));
    return argv;
  }

  // The id was read from the output of an earlier task, which anything in the sandbox can write.
  private static String session(String id) {
    if (!id.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}")) {
      throw new RefusedException(
          "Tried to resume a session of Claude Code but failed because its id is not a UUID: start"
              + " the task without resuming.");
    }
    return id;
  }

  private static String model(String name) {
    if (!name.matches("[\\p{Alnum}][\\p{Graph}]*")) {
      throw new RefusedException(
          "Tried to start Claude Code but failed because the name of the model is not valid: use"
              + " an alias, such as sonnet, or a model's full id.");
    }
    return name;
  }

  private static Map<String, String> environment(Agent.Request request) {
    Environment host = request.host();
    Map<String, String> environment = new TreeMap<>();
    for (String name : PASSED_ON) {
      host.variable(name).ifPresent(value -> environment.put(name, value));
    }
    // Without it every run takes 6 seconds longer where other hosts than the model's cannot be
    // reached.
    environment.put("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
    // Without it a command that exceeds its time-out goes on, and the process waits for it.
    environment.put("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1");
    environment.put("DISABLE_AUTOUPDATER", "1");
    // The program's own 10 take three minutes to report a key that is refused.
    environment.put(
        "CLAUDE_CODE_MAX_RETRIES", host.variable("CLAUDE_CODE_MAX_RETRIES").orElse("3"));
    if (request.root()) {
      // Else root is refused all permissions.
      environment.put("IS_SANDBOX", "1");
    }
    return environment;
  }

  private static Map<String, Secret> secretVariables(
      Agent.Request request, ClaudeCredential credential) {
    Map<String, Secret> secrets = new HashMap<>(credential.variables());
    customHeader(request).ifPresent(header -> secrets.put(CUSTOM_HEADERS, header));
    return secrets;
  }

  private static Optional<Secret> customHeader(Agent.Request request) {
    return Optional.ofNullable(request.secrets().get(CUSTOM_HEADERS))
        .or(
            () ->
                request
                    .host()
                    .variable(CUSTOM_HEADERS)
                    .map(String::strip)
                    .filter(headers -> !headers.isEmpty())
                    .map(ClaudeLaunch::oneHeader));
  }

  /** Returns the header that the user has set, for a gateway to send. */
  private static Map<String, Secret> customHeaders(Agent.Request request) {
    Optional<Secret> header = customHeader(request);
    if (header.isEmpty()) {
      return Map.of();
    }
    String text = header.get().reveal();
    int colon = text.indexOf(':');
    if (colon < 1 || colon == text.length() - 1) {
      throw new RefusedException(
          "Tried to pass on ANTHROPIC_CUSTOM_HEADERS but failed because it is not of the form"
              + " 'Name: value'.");
    }
    return Map.of(text.substring(0, colon).strip(), Secret.of(text.substring(colon + 1).strip()));
  }

  private static Secret oneHeader(String headers) {
    if (headers.chars().anyMatch(Character::isISOControl)) {
      throw new RefusedException(
          "Tried to pass on ANTHROPIC_CUSTOM_HEADERS but failed because it has more than one line:"
              + " only one header can be delivered as a secret.");
    }
    return Secret.of(headers);
  }
}
