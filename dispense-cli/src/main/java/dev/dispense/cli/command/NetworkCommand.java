package dev.dispense.cli.command;

import dev.dispense.Capability;
import dev.dispense.NetworkPolicy;
import dev.dispense.Sandbox;
import dev.dispense.SandboxNetwork;
import dev.dispense.Traffic;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.JsonLine;
import dev.dispense.cli.terminal.MemorySize;
import dev.dispense.cli.terminal.Table;
import dev.dispense.cli.terminal.UsageException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "network",
    description = {
      "Shows what a sandbox may reach and what it has reached, or changes it at once.",
      "Hosts that were refused come first, each with the command that allows it.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  dispense network fix-login",
      "  dispense network fix-login --allow-host example.com",
      "  dispense network fix-login --deny-host github.com"
    })
public final class NetworkCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(paramLabel = "<sandbox>", description = "The name or id of the sandbox.")
  private String sandbox = "";

  @Option(
      names = "--allow-host",
      paramLabel = "<host>",
      description =
          "Lets it reach a host, such as example.com, .example.com with all below it, or"
              + " example.com:8443. Can be repeated.")
  private Set<String> allowed = Set.of();

  @Option(
      names = "--deny-host",
      paramLabel = "<host>",
      description = "Takes a host from its list; connections that are open stay. Can be repeated.")
  private Set<String> denied = Set.of();

  @Option(names = "--json", description = "One JSON object for each host or route, on a line.")
  private boolean json;

  public NetworkCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (Sandbox found = session.sandbox(sandbox, Set.of())) {
      SandboxNetwork network = found.network();
      if (!allowed.isEmpty() || !denied.isEmpty()) {
        change(network);
        return ExitCode.OK;
      }
      if (json) {
        printJson(network.traffic());
        return ExitCode.OK;
      }
      NetworkPolicy policy = network.policy();
      session.out().line(text(policy));
      if (found.capabilities().contains(Capability.ROUTES) && !policy.equals(NetworkPolicy.OPEN)) {
        print(found, network.traffic());
      }
    }
    return ExitCode.OK;
  }

  private void change(SandboxNetwork network) {
    try {
      if (!allowed.isEmpty()) {
        network.allow(allowed);
      }
      if (!denied.isEmpty()) {
        network.deny(denied);
      }
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    session.out().line(text(network.policy()));
  }

  private static String text(NetworkPolicy policy) {
    if (policy instanceof NetworkPolicy.Open) {
      return "It reaches the Internet and what this machine reaches.";
    }
    if (policy instanceof NetworkPolicy.Allow allow && !allow.hosts().isEmpty()) {
      return "It reaches its model and: " + String.join(" ", new TreeSet<>(allow.hosts()));
    }
    return "It reaches nothing but its model.";
  }

  private void print(Sandbox found, Traffic traffic) {
    List<Traffic.HostTraffic> hosts = traffic.hosts();
    if (!hosts.isEmpty()) {
      session.out().line("");
      Table table = new Table("HOST", "ALLOWED", "REFUSED", "SENT", "RECEIVED", "LAST");
      for (Traffic.HostTraffic host : hosts) {
        table.row(
            name(host),
            String.valueOf(host.allowed()),
            String.valueOf(host.refused()),
            MemorySize.text(host.sent()),
            MemorySize.text(host.received()),
            age(host.last()));
      }
      table.printTo(session.out());
    }
    if (!traffic.routes().isEmpty()) {
      session.out().line("");
      Table table = new Table("ROUTE", "REQUESTS", "FAILED", "SENT", "RECEIVED", "LAST");
      for (Traffic.RouteTraffic route : traffic.routes()) {
        table.row(
            route.route(),
            String.valueOf(route.requests()),
            String.valueOf(route.failed()),
            MemorySize.text(route.sent()),
            MemorySize.text(route.received()),
            age(route.last()));
      }
      table.printTo(session.out());
    }
    hosts.stream()
        .filter(host -> host.refused() > 0 && host.allowed() == 0)
        .forEach(
            host ->
                session
                    .err()
                    .line(
                        "To allow it: dispense network %s --allow-host %s"
                            .formatted(found.name(), name(host))));
  }

  private String age(Instant moment) {
    return Durations.text(Duration.between(moment, session.host().clock().instant())) + " ago";
  }

  private static String name(Traffic.HostTraffic host) {
    boolean usual = Set.of(0, 80, 443).contains(host.port());
    return usual ? host.host() : host.host() + ":" + host.port();
  }

  private void printJson(Traffic traffic) {
    for (Traffic.HostTraffic host : traffic.hosts()) {
      session
          .out()
          .line(
              new JsonLine()
                  .add("host", host.host())
                  .add("port", host.port())
                  .add("allowed", host.allowed())
                  .add("refused", host.refused())
                  .add("sent", host.sent())
                  .add("received", host.received())
                  .add("last", host.last())
                  .toString());
    }
    for (Traffic.RouteTraffic route : traffic.routes()) {
      session
          .out()
          .line(
              new JsonLine()
                  .add("route", route.route())
                  .add("requests", route.requests())
                  .add("failed", route.failed())
                  .add("sent", route.sent())
                  .add("received", route.received())
                  .add("last", route.last())
                  .toString());
    }
  }
}
