package dev.dispense.cli.session;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.Resources;
import dev.dispense.SandboxSpec;
import dev.dispense.cli.terminal.MemorySize;
import dev.dispense.cli.terminal.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a new sandbox is to be. */
public final class SandboxOptions {
  /** The provider whose sandboxes are not on this machine. */
  public static final String REMOTE_PROVIDER = "daytona";

  private enum Network {
    ALLOW,
    NONE,
    OPEN
  }

  @Option(
      names = "--agent",
      paramLabel = "<id>",
      description = "The agent that works in it; default the setting agent, or else claude.")
  private @Nullable String agent;

  @Option(
      names = "--model",
      paramLabel = "<name>",
      description = "The model that its tasks use; default the agent's own.")
  private @Nullable String model;

  @Option(
      names = "--image",
      paramLabel = "<ref>",
      description = "The image to use; default the setting image, or else one that is built.")
  private @Nullable String image;

  @Option(
      names = "--cpu",
      paramLabel = "<cores>",
      description = "How many cores it may use, such as 2 or 0.5; default 2.")
  private @Nullable Double cpus;

  @Option(
      names = "--memory",
      paramLabel = "<size>",
      converter = MemorySize.class,
      description = "How much memory it may use, such as 512m or 8g; default 4g.")
  private @Nullable Long memoryBytes;

  @Option(
      names = "--env",
      paramLabel = "<key>[=<value>]",
      description =
          "A variable for every command in it; without a value the caller's. Others who can"
              + " inspect the sandbox see it: not for secrets. Can be repeated.")
  private List<String> environment = List.of();

  @Option(
      names = "--network",
      paramLabel = "allow|none|open",
      description =
          "allow (the default on this machine) reaches package registries, GitHub and the hosts of"
              + " --allow-host; none only these and the model; open the Internet and what this"
              + " machine reaches, with the key in the sandbox.")
  private @Nullable Network network;

  @Option(
      names = "--allow-host",
      paramLabel = "<host>",
      description =
          "A host that it may reach, such as example.com, .example.com with all below it, or"
              + " example.com:8443. Can be repeated.")
  private Set<String> allowedHosts = Set.of();

  @Option(
      names = {"-r", "--remote"},
      description = "Creates it in the cloud, at Daytona, instead of on this machine.")
  private boolean remote;

  @Option(
      names = "--provider",
      paramLabel = "<id>",
      description = "The provider that runs it; default the setting provider, or else docker.")
  private @Nullable String provider;

  @Option(
      names = "--skip-daemon",
      description =
          "Leaves out the daemon that runs tasks, and the agent: commands and shells only.")
  private boolean skipDaemon;

  public boolean skipDaemon() {
    return skipDaemon;
  }

  public void addTo(SandboxSpec.Builder spec, Environment host) {
    if (agent != null) {
      spec.agent(agent);
    }
    if (model != null) {
      spec.model(model);
    }
    if (image != null) {
      spec.image(image);
    }
    if (skipDaemon) {
      spec.withoutSupervisor();
    }
    addNetwork(spec, host);
    spec.resources(resources());
    addProvider(spec);
    environment.forEach(variable -> addVariable(spec, variable, host));
  }

  /** Returns the options, those that were given, as arguments of a command. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    add(arguments, "--agent", agent);
    add(arguments, "--image", image);
    add(arguments, "--cpu", cpus);
    add(arguments, "--memory", memoryBytes);
    environment.forEach(variable -> add(arguments, "--env", variable));
    add(arguments, "--network", network == null ? null : network.name().toLowerCase(Locale.ROOT));
    allowedHosts.forEach(host -> add(arguments, "--allow-host", host));
    add(arguments, "--provider", remote ? REMOTE_PROVIDER : provider);
    if (skipDaemon) {
      arguments.add("--skip-daemon");
    }
    return arguments;
  }

  private static void add(List<String> arguments, String option, @Nullable Object value) {
    if (value != null) {
      arguments.add(option);
      arguments.add(value.toString());
    }
  }

  private void addNetwork(SandboxSpec.Builder spec, Environment host) {
    if (network == Network.OPEN && !allowedHosts.isEmpty()) {
      throw new UsageException(
          "--allow-host and --network open contradict each other: that reaches all hosts.");
    }
    allowedHosts.forEach(spec::allowHost);
    if (network == Network.OPEN) {
      spec.network(NetworkPolicy.OPEN);
    } else if (network == Network.NONE) {
      spec.network(NetworkPolicy.NONE);
    } else if (network == Network.ALLOW && !isUsual(host)) {
      spec.network(NetworkPolicy.STARTER);
    }
  }

  /** Whether "allow" is what it is anyway, with the hosts of the settings. */
  private boolean isUsual(Environment host) {
    return !isRemote() && host.setting("network").filter(kind -> !kind.equals("allow")).isEmpty();
  }

  private boolean isRemote() {
    return remote || REMOTE_PROVIDER.equals(provider);
  }

  private Resources resources() {
    Resources resources = Resources.DEFAULT;
    if (cpus != null) {
      resources = resources.withCpus(cpus);
    }
    return memoryBytes == null ? resources : resources.withMemoryBytes(memoryBytes);
  }

  private void addProvider(SandboxSpec.Builder spec) {
    if (remote && provider != null && !provider.equals(REMOTE_PROVIDER)) {
      throw new UsageException(
          "--remote and --provider %s contradict each other: give one of them."
              .formatted(provider));
    }
    if (remote) {
      spec.provider(REMOTE_PROVIDER);
    } else if (provider != null) {
      spec.provider(provider);
    }
  }

  private static void addVariable(SandboxSpec.Builder spec, String variable, Environment host) {
    int equals = variable.indexOf('=');
    if (equals >= 0) {
      spec.environment(variable.substring(0, equals), variable.substring(equals + 1));
      return;
    }
    if (variable.isEmpty()) {
      throw new UsageException("--env needs the name of a variable: --env <key>[=<value>]");
    }
    String value = host.variables().get(variable);
    if (value == null) {
      throw new UsageException(
          "--env %s: there is no variable of that name here. Give its value: --env %s=..."
              .formatted(variable, variable));
    }
    spec.environment(variable, value);
  }
}
