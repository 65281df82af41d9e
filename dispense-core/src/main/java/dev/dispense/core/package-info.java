/**
 * The implementation of {@link dev.dispense.Dispense}: how sandboxes are created, found and
 * removed. Not for programs or extensions.
 */
@NullMarked
package dev.dispense.core;

import org.jspecify.annotations.NullMarked;
