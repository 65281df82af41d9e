/** A provider without isolation, for tests. */
@NullMarked
package dev.dispense.testkit.unisolated;

import org.jspecify.annotations.NullMarked;
