/** Short programs that embed Dispense. */
@NullMarked
package dev.dispense.examples;

import org.jspecify.annotations.NullMarked;
