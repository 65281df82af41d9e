/**
 * Tools for authors of providers, sources and agents: archives, file trees, processes, scripts.
 * Programs that only use Dispense need none of it.
 */
@NullMarked
package dev.dispense.support;

import org.jspecify.annotations.NullMarked;
