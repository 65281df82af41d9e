/** The commands. */
@NullMarked
package dev.dispense.cli.command;

import org.jspecify.annotations.NullMarked;
