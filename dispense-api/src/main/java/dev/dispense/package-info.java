/**
 * Runs coding agents in isolated sandboxes: a repository goes in, an agent works on it, a reviewed
 * branch comes out.
 *
 * <p>Programs start at {@link dev.dispense.Dispense}. Authors of extensions implement what is in
 * {@code dev.dispense.spi}, and find tools in {@code dev.dispense.support}.
 */
@NullMarked
package dev.dispense;

import org.jspecify.annotations.NullMarked;
