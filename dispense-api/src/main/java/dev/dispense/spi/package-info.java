/**
 * What authors of extensions implement: a {@linkplain dev.dispense.spi.SandboxProvider provider},
 * where sandboxes run, an {@linkplain dev.dispense.spi.Agent agent}, which works in them, or a
 * {@linkplain dev.dispense.spi.SourceProvider source}, what they work on. Programs that only use
 * Dispense need none of it.
 */
@NullMarked
package dev.dispense.spi;

import org.jspecify.annotations.NullMarked;
