package dev.dispense.agents;

import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import dev.dispense.support.SecretReference;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The one key or token that a task gets.
 *
 * @param kind what it is
 * @param secret the key itself
 * @param origin where it comes from, for a person
 */
record ClaudeCredential(Kind kind, Secret secret, String origin) {

  /**
   * In the order in which Claude Code prefers them. Given both of the first two it sends both,
   * which is why only one is ever delivered.
   */
  enum Kind {
    AUTH_TOKEN("ANTHROPIC_AUTH_TOKEN", "anthropic.auth-token", "", "Authorization"),
    API_KEY(
        "ANTHROPIC_API_KEY",
        "anthropic.api-key",
        "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
        "X-Api-Key"),
    OAUTH_TOKEN(
        "CLAUDE_CODE_OAUTH_TOKEN",
        "claude.oauth-token",
        "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
        "Authorization");

    final String variable;
    final String setting;
    final String header;
    private final String descriptorVariable;

    Kind(String variable, String setting, String descriptorVariable, String header) {
      this.variable = variable;
      this.setting = setting;
      this.descriptorVariable = descriptorVariable;
      this.header = header;
    }

    /** Returns what a request to the model has in the header. */
    String headerValue(Secret secret) {
      return this == API_KEY ? secret.reveal() : "Bearer " + secret.reveal();
    }
  }

  /** Returns the secrets that go into the environment of the agent's process. */
  Map<String, Secret> variables() {
    return kind.descriptorVariable.isEmpty() ? Map.of(kind.variable, secret) : Map.of();
  }

  /** Returns the secrets that the agent reads from a file descriptor. */
  Map<String, Secret> descriptors() {
    return kind.descriptorVariable.isEmpty() ? Map.of() : Map.of(kind.descriptorVariable, secret);
  }

  static ClaudeCredential require(Agent.Request request) {
    return first(kind -> fromTask(request, kind))
        .or(() -> find(request.host()))
        .orElseThrow(ClaudeCredential::missing);
  }

  static Optional<ClaudeCredential> find(Environment host) {
    return first(kind -> fromSetting(host, kind)).or(() -> first(kind -> fromVariable(host, kind)));
  }

  private static Optional<ClaudeCredential> first(
      Function<Kind, Optional<ClaudeCredential>> source) {
    return Arrays.stream(Kind.values()).flatMap(kind -> source.apply(kind).stream()).findFirst();
  }

  private static Optional<ClaudeCredential> fromTask(Agent.Request request, Kind kind) {
    return Optional.ofNullable(request.secrets().get(kind.variable))
        .map(secret -> new ClaudeCredential(kind, secret, kind.variable + " of the task"));
  }

  private static Optional<ClaudeCredential> fromSetting(Environment host, Kind kind) {
    return host.setting(kind.setting)
        .map(reference -> SecretReference.resolve(host, kind.setting, reference))
        .map(key -> new ClaudeCredential(kind, key.secret(), key.origin()));
  }

  private static Optional<ClaudeCredential> fromVariable(Environment host, Kind kind) {
    String origin = "the environment variable " + kind.variable;
    return host.variable(kind.variable)
        .map(value -> new ClaudeCredential(kind, SecretReference.secret(value, origin), origin));
  }

  private static UnavailableException missing() {
    String places =
        Arrays.stream(Kind.values())
            .map(kind -> kind.variable + " (setting " + kind.setting + ")")
            .collect(Collectors.joining(", "));
    return new UnavailableException(
        "Tried to start Claude Code but failed because there is no key for it. Looked for "
            + places
            + " in the task's secrets, the settings and the environment. Set ANTHROPIC_API_KEY to"
            + " a key of console.anthropic.com, or CLAUDE_CODE_OAUTH_TOKEN to what 'claude"
            + " setup-token' prints, or a setting to env:NAME or file:/path.");
  }
}
