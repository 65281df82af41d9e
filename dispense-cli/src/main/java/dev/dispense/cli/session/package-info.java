/** One run of the command: options and arguments that several commands share. */
@NullMarked
package dev.dispense.cli.session;

import org.jspecify.annotations.NullMarked;
