/**
 * What authors of extensions, and programs that embed Dispense, test with.
 *
 * <p>The contract tests are abstract JUnit classes: a provider, a source or an agent is tested by a
 * subclass that says how it is made ({@link dev.dispense.testkit.provider.ProviderContract}, {@link
 * dev.dispense.testkit.source.SourceContract}); {@link dev.dispense.testkit.escape.EscapeContract}
 * tries to get out of a provider's sandboxes. A program that embeds Dispense is tested without
 * Docker and without a key by {@link dev.dispense.testkit.unisolated.UnisolatedProvider}, which
 * runs real processes in a directory, and {@link dev.dispense.testkit.agent.ScriptedAgent}, which
 * does what the test tells it.
 */
@NullMarked
package dev.dispense.testkit;

import org.jspecify.annotations.NullMarked;
