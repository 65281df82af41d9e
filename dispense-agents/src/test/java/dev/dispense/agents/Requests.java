package dev.dispense.agents;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.SandboxLayout;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Builds requests and hosts; everything that is not set is empty. */
final class Requests {
  private final Map<String, String> variables = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final Map<String, Secret> secrets = new TreeMap<>();
  private Optional<String> model = Optional.empty();
  private OptionalInt maxTurns = OptionalInt.empty();
  private Optional<String> session = Optional.empty();
  private NetworkPolicy network = NetworkPolicy.OPEN;
  private Optional<Gateway> gateway = Optional.empty();
  private Optional<String> hostAddress = Optional.of("172.17.0.1");
  private boolean root;

  static Requests withKey() {
    return new Requests().variable("ANTHROPIC_API_KEY", "sk-host");
  }

  Requests variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  Requests setting(String name, String value) {
    settings.put(name, value);
    return this;
  }

  Requests secret(String name, String value) {
    secrets.put(name, Secret.of(value));
    return this;
  }

  Requests model(String name) {
    model = Optional.of(name);
    return this;
  }

  Requests maxTurns(int turns) {
    maxTurns = OptionalInt.of(turns);
    return this;
  }

  Requests resume(String id) {
    session = Optional.of(id);
    return this;
  }

  Requests network(NetworkPolicy policy) {
    network = policy;
    return this;
  }

  Requests noHostAddress() {
    hostAddress = Optional.empty();
    return this;
  }

  Requests gateway(Gateway way) {
    gateway = Optional.of(way);
    return this;
  }

  Requests hostAddress(String address) {
    hostAddress = Optional.of(address);
    return this;
  }

  Requests root(boolean isRoot) {
    root = isRoot;
    return this;
  }

  Environment host() {
    Path nowhere = Path.of("/nonexistent");
    return Environment.in(nowhere)
        .withVariables(variables)
        .withSettings(settings)
        .withStateDirectory(nowhere)
        .withCacheDirectory(nowhere)
        .withUserName("ada");
  }

  Agent.Request build() {
    return new Agent.Request(
        model,
        maxTurns,
        session,
        secrets,
        host(),
        new SandboxLayout("/workspace", "/dispense", "/home/agent", "/dispense/secrets"),
        network,
        hostAddress,
        gateway,
        root);
  }

  Agent.Launch launch() {
    return new ClaudeCodeAgent().launch(build());
  }
}
