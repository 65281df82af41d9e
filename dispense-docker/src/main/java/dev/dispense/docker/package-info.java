/**
 * Sandboxes that are containers on a Docker Engine, of this machine as a rule. The engine is found
 * as the {@code docker} command finds it; Podman's socket serves as well.
 */
@NullMarked
package dev.dispense.docker;

import org.jspecify.annotations.NullMarked;
