/**
 * The {@code dispense} command: parse, one call of the library, print. {@link
 * dev.dispense.cli.Main} is where it starts; programs use the library, {@link
 * dev.dispense.Dispense}.
 */
@NullMarked
package dev.dispense.cli;

import org.jspecify.annotations.NullMarked;
