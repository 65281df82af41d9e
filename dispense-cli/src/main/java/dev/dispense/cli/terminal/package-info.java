/** The console: what is printed and asked, and how it looks. */
@NullMarked
package dev.dispense.cli.terminal;

import org.jspecify.annotations.NullMarked;
