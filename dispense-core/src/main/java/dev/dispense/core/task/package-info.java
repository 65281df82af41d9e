/** Tasks, the supervisor that runs them in the sandbox, and their limits. */
@NullMarked
package dev.dispense.core.task;

import org.jspecify.annotations.NullMarked;
