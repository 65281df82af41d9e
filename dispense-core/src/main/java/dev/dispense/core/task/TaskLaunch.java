package dev.dispense.core.task;

import dev.dispense.Environment;
import dev.dispense.NetworkPolicy;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.Secret;
import dev.dispense.TaskSpec;
import dev.dispense.core.machine.SandboxConnection;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Gateway;
import dev.dispense.spi.SandboxLayout;
import dev.dispense.spi.SandboxProvider;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Asks agents how they are started in one sandbox, which is there already or is to be made.
 *
 * @param network what the sandbox may reach
 * @param gateway how a task reaches its model there, where there is a gateway
 * @param root whether the sandbox's user is root
 */
public record TaskLaunch(
    Environment host,
    SandboxProvider provider,
    SandboxLayout layout,
    NetworkPolicy network,
    Optional<Gateway> gateway,
    boolean root) {

  /** Returns that of a sandbox that is there. */
  public static TaskLaunch in(
      Environment host, TaskAdmission admission, NetworkPolicy network, boolean root) {
    SandboxConnection connection = admission.connection();
    return new TaskLaunch(
        host, connection.provider(), connection.layout(), network, admission.gateway(), root);
  }

  /** Returns that of a sandbox that is to be made. */
  public static TaskLaunch inNew(
      SandboxName name, Environment host, SandboxProvider provider, NetworkPolicy network) {
    return new TaskLaunch(
        host,
        provider,
        provider.layout(name),
        network,
        provider.gateways().flatMap(it -> it.gateway(network)),
        false);
  }

  /**
   * Returns how an agent is started for a task.
   *
   * @param model the one that is used when the task says none
   * @param session the session that the task goes on with
   * @throws RefusedException when the agent cannot be started there, or the task has a limit that
   *     nothing would see to
   */
  public Agent.Launch of(
      Agent agent, TaskSpec task, Optional<String> model, Optional<String> session) {
    Agent.Launch launch =
        agent.launch(
            request(task.model().or(() -> model), task.maxTurns(), session, task.secrets()));
    if (!task.limit().isNone()) {
      requireLimits(agent, launch);
    }
    return launch;
  }

  /**
   * Returns how an agent is started for a task that says nothing of its own.
   *
   * @throws RefusedException when the agent cannot be started there
   */
  public Agent.Launch of(Agent agent) {
    return agent.launch(request(Optional.empty(), OptionalInt.empty(), Optional.empty(), Map.of()));
  }

  private Agent.Request request(
      Optional<String> model,
      OptionalInt maxTurns,
      Optional<String> session,
      Map<String, Secret> secrets) {
    return new Agent.Request(
        model,
        maxTurns,
        session,
        secrets,
        host,
        layout,
        network,
        provider.hostAddress(),
        gateway,
        root);
  }

  private void requireLimits(Agent agent, Agent.Launch launch) {
    if (gateway.isEmpty()) {
      throw new RefusedException(
          "Tried to limit what the task asks of its model but failed because the sandbox has no"
              + " gateway: its network is open, or it is not on this machine. Create one whose"
              + " network is not open, or give the task without a limit of requests and bytes.");
    }
    if (launch.routes().isEmpty()) {
      throw new RefusedException(
          ("Tried to limit what the task asks of its model but failed because %s does not ask it"
                  + " through the gateway. Give the task without a limit of requests and bytes.")
              .formatted(agent.displayName()));
    }
  }
}
