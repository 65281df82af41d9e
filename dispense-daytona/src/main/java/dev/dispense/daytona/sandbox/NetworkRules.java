package dev.dispense.daytona.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dispense.NetworkPolicy;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A network policy in the service's terms.
 *
 * @param blocked whether nothing may be reached
 * @param domains names that may be reached, {@code *.} before one for all below it
 * @param networks IPv4 networks that may be reached, in CIDR notation
 */
public record NetworkRules(boolean blocked, Set<String> domains, Set<String> networks) {
  private static final int MOST = 10;
  private static final String ADDRESS = "\\d{1,3}(\\.\\d{1,3}){3}";
  private static final String DOMAIN = "[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*";

  public NetworkRules {
    domains = Set.copyOf(domains);
    networks = Set.copyOf(networks);
  }

  /**
   * Translates a policy.
   *
   * @throws RefusedException when the service cannot honour it
   */
  static NetworkRules of(NetworkPolicy policy) {
    if (policy instanceof NetworkPolicy.Allow allow) {
      return of(allow);
    }
    return new NetworkRules(policy instanceof NetworkPolicy.None, Set.of(), Set.of());
  }

  private static NetworkRules of(NetworkPolicy.Allow allow) {
    Set<String> domains = new TreeSet<>();
    Set<String> networks = new TreeSet<>();
    for (String host : allow.hosts()) {
      String name = host.startsWith(".") ? host.substring(1) : host;
      if (host.matches(ADDRESS)) {
        networks.add(host + "/32");
      } else if (name.matches(DOMAIN)) {
        domains.add(name);
        if (host.startsWith(".")) {
          domains.add("*." + name);
        }
      } else {
        throw new RefusedException(
            "Refused to allow the network host '"
                + PrintableText.printable(host, 80)
                + "' because Daytona takes names and IPv4 addresses only, without ports.");
      }
    }
    if (domains.size() > MOST || networks.size() > MOST) {
      throw new RefusedException(
          "Refused to allow "
              + allow.hosts().size()
              + " network hosts because Daytona takes "
              + MOST
              + " names and "
              + MOST
              + " addresses at the most; a name with a dot before it counts twice.");
    }
    // To allow nothing is to block everything.
    return new NetworkRules(domains.isEmpty() && networks.isEmpty(), domains, networks);
  }

  void addTo(ObjectNode body) {
    if (blocked) {
      body.put("networkBlockAll", true);
    }
    if (!domains.isEmpty()) {
      body.put("domainAllowList", String.join(",", new TreeSet<>(domains)));
    }
    if (!networks.isEmpty()) {
      body.put("networkAllowList", String.join(",", new TreeSet<>(networks)));
    }
  }

  /**
   * Looks whether a sandbox has these rules: an older server ignores what it does not know.
   *
   * @throws RefusedException when it has not
   */
  public void check(JsonNode sandbox) {
    boolean applied =
        (!blocked || sandbox.path("networkBlockAll").asBoolean(false))
            && (domains.isEmpty() || list(sandbox, "domainAllowList").equals(domains))
            && (networks.isEmpty() || list(sandbox, "networkAllowList").equals(networks));
    if (!applied) {
      throw new RefusedException(
          "Refused to use the new sandbox because this Daytona server has not applied the network"
              + " policy that was asked for. Use a newer server, or another policy.");
    }
  }

  private static Set<String> list(JsonNode sandbox, String field) {
    return Arrays.stream(sandbox.path(field).asText("").split(","))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty() && !entry.equals("null"))
        .collect(Collectors.toSet());
  }
}
