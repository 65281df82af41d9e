package dev.dispense.benchmarks.scenario;

import dev.dispense.Command;
import dev.dispense.Dispense;
import dev.dispense.NetworkPolicy;
import dev.dispense.Sandbox;
import dev.dispense.SandboxSpec;
import dev.dispense.TaskSpec;
import dev.dispense.benchmarks.measure.Contestant;
import dev.dispense.benchmarks.measure.Figure;
import dev.dispense.benchmarks.measure.Rounds;
import dev.dispense.benchmarks.measure.Scenario;
import dev.dispense.benchmarks.measure.Series;
import dev.dispense.benchmarks.measure.Stamps;
import dev.dispense.benchmarks.measure.Target;
import dev.dispense.benchmarks.measure.Tool;
import dev.dispense.benchmarks.measure.Workplace;
import dev.dispense.testkit.agent.ScriptedAgent;
import dev.dispense.testkit.model.ModelReply;
import dev.dispense.testkit.model.ModelServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What it costs that a sandbox has a gateway in the place of a network and a key: against the same
 * sandbox with an open network. The agent is Claude Code, its model a script in this process.
 */
public final class GatewayScenario implements Scenario {
  private static final double MOST_OF_TURN = 1.05;
  private static final double MOST_OF_CREATION = 1;
  private static final double MOST_OF_FIRST_BYTE = 1.1;
  private static final double MOST_MEGABYTES = 60;
  private static final int COUNT = 50;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final String LONG = "The answer comes in many parts, one after the other. ";

  @Override
  public String name() {
    return "gateway";
  }

  @Override
  public String about() {
    return "a turn of Claude Code, a creation and the first byte of an answer, against an open"
        + " network; the memory of a gateway of 50 sandboxes";
  }

  @Override
  public List<Figure> measure(Workplace workplace) throws IOException, InterruptedException {
    try (ModelServer model = ModelServer.start(new InetSocketAddress("0.0.0.0", 0))) {
      Map<String, String> access =
          Map.of(
              "ANTHROPIC_BASE_URL",
              "http://localhost:" + model.port(),
              "ANTHROPIC_API_KEY",
              "sk-ant-benchmark");
      Dispense dispense = workplace.open(ScriptedAgent.builder().build(), access);
      Sandbox closed = dispense.create(spec(workplace, NetworkPolicy.STARTER));
      Sandbox open = dispense.create(spec(workplace, NetworkPolicy.OPEN));
      List<Figure> figures = new ArrayList<>();
      model.script(request -> ModelReply.text("Done."));
      figures.add(turn(workplace, closed, open));
      model.script(request -> ModelReply.text(LONG.repeat(4)).slowly(PAUSE));
      figures.add(firstByte(workplace, closed, open, model.port()));
      figures.add(creation(workplace, dispense));
      model.script(request -> ModelReply.text("Done."));
      figures.add(memory(workplace, dispense));
      workplace.discardSandboxes();
      figures.add(firstCreation(workplace, dispense));
      return figures;
    }
  }

  private static SandboxSpec spec(Workplace workplace, NetworkPolicy network) {
    return workplace.sandbox().agent("claude").network(network).build();
  }

  private static Figure turn(Workplace workplace, Sandbox closed, Sandbox open)
      throws IOException, InterruptedException {
    List<Series> times =
        workplace.rounds().inTurn(round -> () -> turn(closed), round -> () -> turn(open));
    return Figure.ratio("gateway: a turn", times.get(0), times.get(1), Target.atMost(MOST_OF_TURN));
  }

  private static void turn(Sandbox sandbox) throws IOException {
    String state = sandbox.run(TaskSpec.of("Say that you are done")).await().state().toString();
    if (!state.equals("SUCCEEDED")) {
      throw new IOException("The agent's task ended as " + state);
    }
  }

  /** From the start of a program that asks to the first event of the answer, both seen inside. */
  private static Figure firstByte(Workplace workplace, Sandbox closed, Sandbox open, int port)
      throws IOException, InterruptedException {
    String way = "--unix-socket /run/gateway/model.sock http://localhost" + route(workplace);
    String direct = "http://host.docker.internal:" + port;
    List<Double> over = new ArrayList<>();
    List<Double> raw = new ArrayList<>();
    Series unused =
        workplace
            .rounds()
            .repeat(
                Series.MILLISECONDS,
                round -> {
                  double first = firstByte(closed, way);
                  double second = firstByte(open, direct);
                  if (round > 0) {
                    over.add(first);
                    raw.add(second);
                  }
                  return first;
                });
    return Figure.ratio(
        "gateway: first byte of an answer",
        new Series(Series.MILLISECONDS, over),
        new Series(Series.MILLISECONDS, raw),
        Target.atMost(MOST_OF_FIRST_BYTE));
  }

  private static double firstByte(Sandbox sandbox, String way) {
    String stamp = String.join(" ", Stamps.command());
    String ask =
        "%s; curl -sN -d '{\"model\":\"m\",\"stream\":true,\"messages\":[]}' %s/v1/messages | {"
            + " head -c 6 >&2; %s; cat >&2; }";
    String[] stamps =
        sandbox
            .exec(Command.of("sh", "-c", ask.formatted(stamp, way, stamp)))
            .stdout()
            .strip()
            .split("\n", -1);
    return (Long.parseLong(stamps[1]) - Long.parseLong(stamps[0])) / 1e6;
  }

  /** Returns the path of the route that the agent has had opened, by the name of its file. */
  private static String route(Workplace workplace) throws IOException {
    try (Stream<Path> files = Files.walk(workplace.state().resolve("gateway"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("routes-anthropic-[0-9a-f]+\\.conf"))
          .map(name -> "/" + name.replace("routes-", "").replace(".conf", ""))
          .findFirst()
          .orElseThrow(() -> new IOException("The agent has had no route opened."));
    }
  }

  private static Figure creation(Workplace workplace, Dispense dispense)
      throws IOException, InterruptedException {
    List<Series> times =
        workplace
            .rounds()
            .inTurn(
                round -> create(dispense, spec(workplace, NetworkPolicy.STARTER)),
                round -> create(dispense, spec(workplace, NetworkPolicy.OPEN)));
    return Figure.ratio(
        "gateway: create", times.get(0), times.get(1), Target.atMost(MOST_OF_CREATION));
  }

  private static Contestant.Action create(Dispense dispense, SandboxSpec spec) {
    return () -> dispense.create(spec).close();
  }

  /** Each sandbox has had a turn, so that it has a route too. */
  private static Figure memory(Workplace workplace, Dispense dispense)
      throws IOException, InterruptedException {
    for (int i = 0; i < COUNT; i++) {
      try (Sandbox sandbox = dispense.create(spec(workplace, NetworkPolicy.STARTER))) {
        turn(sandbox);
      }
    }
    String list = "docker ps --no-trunc --format '{{.Names}} {{.Mounts}}'";
    String gateway =
        Tool.run(workplace.directory(), "sh", "-c", list)
            .lines()
            .filter(line -> line.startsWith("dispense-gateway-"))
            .filter(line -> line.contains(workplace.state() + "/"))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .findFirst()
            .orElseThrow(() -> new IOException("There is no gateway."));
    // Control groups of either version; what is on the disk as well does not count.
    String kinds = "cat /sys/fs/cgroup/memory/memory.stat /sys/fs/cgroup/memory.stat 2>/dev/null";
    double bytes =
        Tool.run(workplace.directory(), "docker", "exec", gateway, "sh", "-c", kinds + "; true")
            .lines()
            .filter(line -> line.matches("(rss|anon|shmem|kernel) [0-9]+"))
            .mapToDouble(line -> Double.parseDouble(line.replaceFirst(".* ", "")))
            .sum();
    return Figure.absolute(
        "gateway: memory of one of " + COUNT + " sandboxes",
        new Series("MB", List.of(bytes / 1e6)),
        Target.atMost(MOST_MEGABYTES));
  }

  private static Figure firstCreation(Workplace workplace, Dispense dispense)
      throws IOException, InterruptedException {
    Series times =
        workplace
            .rounds()
            .repeat(
                Series.MILLISECONDS,
                round -> {
                  double time =
                      Rounds.time(create(dispense, spec(workplace, NetworkPolicy.STARTER)));
                  workplace.discardSandboxes();
                  return time;
                });
    return Figure.information("gateway: create the first", times);
  }
}
