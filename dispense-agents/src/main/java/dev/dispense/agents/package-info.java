/** Coding agents, found by {@link java.util.ServiceLoader}: Claude Code. */
@NullMarked
package dev.dispense.agents;

import org.jspecify.annotations.NullMarked;
