/** Coding agents. */
module dev.dispense.agents {
  requires transitive dev.dispense;
  requires com.fasterxml.jackson.databind;
  requires static org.jspecify;

  exports dev.dispense.agents;

  provides dev.dispense.spi.Agent with
      dev.dispense.agents.ClaudeCodeAgent;
}
