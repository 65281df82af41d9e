package dev.dispense.cli;

import dev.dispense.Environment;
import dev.dispense.Secret;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Route;
import dev.dispense.spi.Software;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An agent that also asks for a route, which leads nowhere.
 *
 * @param agent does all else
 */
record RoutedAgent(Agent agent) implements Agent {
  private static final Route ROUTE =
      new Route(
          "model",
          URI.create("http://upstream.invalid"),
          Map.of("X-Api-Key", Secret.of("key")),
          List.of("/v1/"));

  @Override
  public String id() {
    return agent.id();
  }

  @Override
  public String displayName() {
    return agent.displayName();
  }

  @Override
  public List<Software> software(Environment host) {
    return agent.software(host);
  }

  @Override
  public boolean usesRoutes() {
    return true;
  }

  @Override
  public Launch launch(Request request) {
    return agent.launch(request).toBuilder().routes(List.of(ROUTE)).build();
  }

  @Override
  public Parser parser() {
    return agent.parser();
  }

  @Override
  public Verdict assess(Ending ending) {
    return agent.assess(ending);
  }

  @Override
  public Optional<String> credential(Environment host) {
    return agent.credential(host);
  }
}
