package dev.dispense.cli.command;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.NetworkPolicy;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.Source;
import dev.dispense.cli.session.SandboxOptions;
import dev.dispense.cli.session.Session;
import dev.dispense.cli.terminal.Durations;
import dev.dispense.cli.terminal.ExitCode;
import dev.dispense.cli.terminal.JsonLine;
import dev.dispense.cli.terminal.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "list",
    description = {"Lists all sandboxes, whoever created them.", ""},
    footer = {"", "Examples:", "  dispense list -v", "  dispense list --json | jq -r .name"})
public final class ListCommand implements Callable<Integer> {
  private final Session session;

  // Instead of SideOptions, which would take the parser along where it is not needed.
  @Option(names = "--local", description = "Only those on this machine.")
  private boolean local;

  @Option(
      names = "--remote",
      description = "Only those in the cloud, of all members of your organization.")
  private boolean remote;

  @Option(
      names = {"-v", "--verbose"},
      description =
          "Also the id, provider, image, owner, commit and directory of each, what it may reach,"
              + " and who has the key: the gateway outside, or the agent.")
  private boolean verbose;

  @Option(names = "--json", description = "One JSON object for each, on a line of its own.")
  private boolean json;

  public ListCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    List<SandboxInfo> sandboxes =
        local == remote ? session.dispense().list() : session.dispense().list(providers());
    if (json) {
      sandboxes.forEach(sandbox -> session.out().line(json(sandbox)));
    } else if (sandboxes.isEmpty()) {
      session.err().line("There are no sandboxes. To create one: dispense new");
    } else if (verbose) {
      printAll(sandboxes);
    } else {
      print(sandboxes);
    }
    return ExitCode.OK;
  }

  private Set<String> providers() {
    Set<String> providers = new TreeSet<>(session.dispense().providers());
    providers.removeIf(id -> id.equals(SandboxOptions.REMOTE_PROVIDER) != remote);
    return providers;
  }

  private void print(List<SandboxInfo> sandboxes) {
    boolean isShared =
        sandboxes.stream().anyMatch(it -> it.provider().equals(SandboxOptions.REMOTE_PROVIDER));
    Map<String, Function<SandboxInfo, String>> columns = new LinkedHashMap<>();
    columns.put("NAME", sandbox -> sandbox.name().value());
    columns.put("STATE", sandbox -> state(sandbox.state()));
    if (isShared && !remote) {
      columns.put("PROVIDER", SandboxInfo::provider);
    }
    if (isShared) {
      columns.put("OWNER", SandboxInfo::owner);
    }
    columns.put("AGENT", SandboxInfo::agent);
    columns.put("CREATED", this::age);
    columns.put("SOURCE", ListCommand::source);
    Table table = new Table(columns.keySet().toArray(String[]::new));
    for (SandboxInfo sandbox : sandboxes) {
      table.row(columns.values().stream().map(it -> it.apply(sandbox)).toArray(String[]::new));
    }
    table.printTo(session.out());
  }

  private void printAll(List<SandboxInfo> sandboxes) {
    Table table =
        new Table(
            "NAME",
            "STATE",
            "AGENT",
            "MODEL",
            "CREATED",
            "ID",
            "PROVIDER",
            "NETWORK",
            "KEY",
            "OWNER",
            "IMAGE",
            "BRANCH",
            "BASE",
            "SOURCE",
            "EXPIRES",
            "DIRECTORY");
    for (SandboxInfo sandbox : sandboxes) {
      table.row(
          sandbox.name().value(),
          state(sandbox.state()),
          sandbox.agent(),
          sandbox.model().orElse("-"),
          age(sandbox),
          sandbox.id().map(id -> id.substring(0, Math.min(12, id.length()))).orElse("-"),
          sandbox.provider(),
          networkWithHosts(sandbox),
          key(sandbox),
          sandbox.owner(),
          sandbox.image(),
          sandbox.branch().orElse("-"),
          sandbox.base().map(commit -> commit.value().substring(0, 10)).orElse("-"),
          source(sandbox),
          sandbox.expiresAfter().map(Durations::text).orElse("-"),
          sandbox.directory().map(Path::toString).orElse("-"));
    }
    table.printTo(session.out());
  }

  /** Asks for the number of hosts, where there is one to ask for. */
  private String networkWithHosts(SandboxInfo sandbox) {
    String kind = sandbox.network().kind();
    if (sandbox.id().isEmpty() || !(sandbox.network() instanceof NetworkPolicy.Allow)) {
      return kind;
    }
    try (Sandbox found =
        session.dispense().sandbox(sandbox.name().value(), Set.of(sandbox.provider()))) {
      return found.network().policy() instanceof NetworkPolicy.Allow allow
          ? "allow (%d hosts)".formatted(allow.hosts().size())
          : kind;
    } catch (DispenseException e) {
      return kind; // it is gone, made on another machine, or its provider does not tell
    }
  }

  private static String key(SandboxInfo sandbox) {
    if (sandbox.id().isEmpty()) {
      return "-";
    }
    return sandbox.keyOutside() ? "gateway" : "agent";
  }

  private static String state(SandboxInfo.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private String age(SandboxInfo sandbox) {
    if (sandbox.created().equals(Instant.EPOCH)) {
      return "-";
    }
    Instant now = session.host().clock().instant();
    return Durations.text(Duration.between(sandbox.created(), now)) + " ago";
  }

  private static String source(SandboxInfo sandbox) {
    return sandbox
        .source()
        .map(source -> source.location().isEmpty() ? source.type() : source.location())
        .orElse("-");
  }

  private static String json(SandboxInfo sandbox) {
    Optional<Source> source = sandbox.source();
    return new JsonLine()
        .add("name", sandbox.name())
        .add("id", sandbox.id())
        .add("provider", sandbox.provider())
        .add("state", sandbox.state())
        .add("agent", sandbox.agent())
        .add("model", sandbox.model())
        .add("image", sandbox.image())
        .add("owner", sandbox.owner())
        .add("created", sandbox.created())
        .add("network", sandbox.network().kind())
        .add("key", sandbox.id().map(id -> key(sandbox)))
        .add("source", source.map(Source::type))
        .add("location", source.map(Source::location))
        .add("base", sandbox.base().map(CommitId::value))
        .add("branch", sandbox.branch())
        .add("directory", sandbox.directory())
        .add(
            "expiresAfterSeconds",
            sandbox.expiresAfter().stream().mapToLong(Duration::toSeconds).findFirst())
        .toString();
  }
}
