/** The commands of an agent in a sandbox. */
@NullMarked
package dev.dispense.cli.agent;

import org.jspecify.annotations.NullMarked;
