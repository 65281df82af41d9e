/** The git program: run without the configuration of its surroundings, and bounded. */
@NullMarked
package dev.dispense.git.command;

import org.jspecify.annotations.NullMarked;
