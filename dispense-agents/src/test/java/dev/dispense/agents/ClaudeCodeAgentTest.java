package dev.dispense.agents;

import dev.dispense.spi.Agent;
import dev.dispense.testkit.AgentContract;
import java.util.List;
import java.util.Optional;

class ClaudeCodeAgentTest extends AgentContract {
  @Override
  protected Agent agent() {
    return new ClaudeCodeAgent();
  }

  @Override
  protected List<String> secretNames() {
    return List.of("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN");
  }

  @Override
  protected List<String> successfulOutput() {
    return Samples.lines("success-bash");
  }

  @Override
  protected List<String> failedOutput() {
    return Samples.lines("max-turns");
  }

  @Override
  protected Optional<String> session() {
    return Optional.of("8c780807-1eaa-42e8-a15c-341a741699d6");
  }
}
