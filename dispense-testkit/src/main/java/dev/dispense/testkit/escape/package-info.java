/** The escape kit: attacks that no sandbox may let through. */
@NullMarked
package dev.dispense.testkit.escape;

import org.jspecify.annotations.NullMarked;
