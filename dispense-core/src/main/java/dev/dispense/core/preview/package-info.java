/** Ports of a sandbox on this machine, and the guard of previews. */
@NullMarked
package dev.dispense.core.preview;

import org.jspecify.annotations.NullMarked;
