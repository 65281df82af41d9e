/**
 * Runs coding agents in isolated sandboxes: a repository goes in, an agent works on it, a reviewed
 * branch comes out.
 *
 * <p>Programs start at {@link dev.dispense.Dispense}. Authors of extensions implement {@link
 * dev.dispense.SandboxProvider} (where sandboxes run), {@link dev.dispense.Agent} (what works in
 * them) or {@link dev.dispense.SourceProvider} (what they work on), and are found by {@link
 * java.util.ServiceLoader} and chosen by id.
 */
@NullMarked
package dev.dispense;

import org.jspecify.annotations.NullMarked;
