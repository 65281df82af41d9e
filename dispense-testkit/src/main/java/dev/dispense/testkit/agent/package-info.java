/** An agent that follows a script. */
@NullMarked
package dev.dispense.testkit.agent;

import org.jspecify.annotations.NullMarked;
