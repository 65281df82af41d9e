package dev.dispense.docker.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.Traffic;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the logs of the gateway: lines of Squid's for all sandboxes, and of nginx's for each. */
public final class TrafficLog {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FIELDS = 11;
  private static final String FIRST_PORT = "3128";
  private static final int BAD = 400;

  private final Map<String, Traffic.HostTraffic> hosts = new TreeMap<>();
  private final Map<String, Traffic.RouteTraffic> routes = new TreeMap<>();

  private TrafficLog() {}

  public static Traffic read(GatewayDirectory directory, int number) {
    TrafficLog log = new TrafficLog();
    String address = "127.1." + number / 256 + "." + number % 256;
    Stream.of("proxy.log.sum", "proxy.log.1", "proxy.log")
        .flatMap(file -> directory.read(file).stream().flatMap(String::lines))
        .forEach(line -> log.addHost(line.split(" "), address));
    Stream.of("model.log.1", "model.log")
        .flatMap(file -> directory.read(number, file).stream().flatMap(String::lines))
        .forEach(log::addRoute);
    return new Traffic(
        log.hosts.values().stream()
            .sorted(
                Comparator.comparing((Traffic.HostTraffic host) -> host.refused() == 0)
                    .thenComparing(Comparator.comparingLong(Traffic.HostTraffic::sent).reversed()))
            .toList(),
        log.routes.values().stream().toList());
  }

  /**
   * Takes a line of Squid's: time, address, port of the gateway, method, host, port, name that TLS
   * asked for, status, what Squid did, bytes that came and went; then how many lines it stands for,
   * if not one. A tunnel has one line at the first port of the gateway; at the second there is one
   * for what TLS asked for, which is refused when it is not followed by a tunnel.
   */
  private void addHost(String[] fields, String address) {
    if (fields.length < FIELDS || fields.length > FIELDS + 1 || !fields[1].equals(address)) {
      return;
    }
    boolean first = fields[2].equals(FIRST_PORT);
    boolean isLie = !first && !fields[6].equalsIgnoreCase(fields[4]);
    if ((!first && !isLie) || !fields[5].matches("[0-9]{1,5}")) {
      return;
    }
    String host = isLie && !fields[6].equals("-") ? fields[6] : fields[4];
    boolean refused = isLie || (fields[8].startsWith("TCP_DENIED") && fields[7].equals("403"));
    int port = Integer.parseInt(fields[5]);
    long count = fields.length > FIELDS ? number(fields[FIELDS]) : 1;
    hosts.merge(
        host + ":" + port,
        new Traffic.HostTraffic(
            host,
            port,
            refused ? 0 : count,
            refused ? count : 0,
            refused ? 0 : number(fields[10]),
            refused ? 0 : number(fields[9]),
            time(fields[0])),
        (a, b) ->
            new Traffic.HostTraffic(
                host,
                port,
                a.allowed() + b.allowed(),
                a.refused() + b.refused(),
                a.sent() + b.sent(),
                a.received() + b.received(),
                b.last().isAfter(a.last()) ? b.last() : a.last()));
  }

  private void addRoute(String line) {
    Optional<JsonNode> read = parse(line);
    if (read.isEmpty() || read.get().path("route").asText("").isEmpty()) {
      return;
    }
    JsonNode entry = read.get();
    // The digits at its end only tell it from others of that name.
    String route = entry.path("route").asText("").replaceFirst("-[0-9a-f]{8}$", "");
    boolean failed = number(entry.path("status").asText("")) >= BAD;
    routes.merge(
        route,
        new Traffic.RouteTraffic(
            route,
            1,
            failed ? 1 : 0,
            number(entry.path("sent").asText("")),
            number(entry.path("received").asText("")),
            time(entry.path("at").asText(""))),
        (a, b) ->
            new Traffic.RouteTraffic(
                route,
                a.requests() + b.requests(),
                a.failed() + b.failed(),
                a.sent() + b.sent(),
                a.received() + b.received(),
                b.last()));
  }

  private static Optional<JsonNode> parse(String line) {
    try {
      return Optional.ofNullable(JSON.readTree(line));
    } catch (IOException e) {
      return Optional.empty(); // the last line is just being written
    }
  }

  private static long number(String text) {
    return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
  }

  private static Instant time(String seconds) {
    return seconds.matches("[0-9]{1,12}\\.[0-9]{3}")
        ? Instant.ofEpochMilli(Long.parseLong(seconds.replace(".", "")))
        : Instant.EPOCH;
  }
}
