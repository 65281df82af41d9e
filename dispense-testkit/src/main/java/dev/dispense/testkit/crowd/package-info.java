/** The crowd kit: many at once, long queues, and agents that misbehave. */
@NullMarked
package dev.dispense.testkit.crowd;

import org.jspecify.annotations.NullMarked;
