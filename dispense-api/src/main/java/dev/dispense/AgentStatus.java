package dev.dispense;

import java.util.Optional;

/**
 * Whether an agent can work in a sandbox.
 *
 * @param agent the id of the agent
 * @param displayName the name that people know
 * @param version what is installed in the sandbox; empty when it is not
 * @param credential where its key or token comes from, without the key; empty when there is none
 * @param running how many of its tasks run or wait
 */
public record AgentStatus(
    String agent,
    String displayName,
    Optional<String> version,
    Optional<String> credential,
    int running) {}
