/** The contract of sources. */
@NullMarked
package dev.dispense.testkit.source;

import org.jspecify.annotations.NullMarked;
