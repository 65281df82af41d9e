package dev.dispense.testkit;

import dev.dispense.testkit.agent.ScriptedAgent;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test, or a class of tests, of a program that embeds Dispense. It may have two kinds of
 * parameters, also in its constructor and its methods for set-up and tear-down: a {@link
 * DispenseFixture}, and a {@link dev.dispense.Dispense} whose agent repeats its prompt and
 * succeeds. Sandboxes are directories without isolation, below a directory of the test's own: no
 * Docker, no key, no network, and nothing of the user's is seen. All is deleted after each test.
 *
 * <pre>{@code
 * @DispenseTest
 * class NightlyUpgradeTest {
 *   @Test
 *   void theUpgradeIsOnABranch(DispenseFixture fixture) {
 *     Path shop = fixture.repository("shop");
 *     Dispense dispense =
 *         fixture.open(ScriptedAgent.builder().write("pom.xml", "new").succeed("Done.").build());
 *     new NightlyUpgrade(dispense).run(List.of(shop));
 *     assertThat(fixture.git(shop, "show", "upgrade:pom.xml")).isEqualTo("new");
 *   }
 * }
 * }</pre>
 *
 * <p>The programs {@code sh} and {@code git} must be on the {@code PATH}, and dispense-git on the
 * class path where sandboxes have a source.
 *
 * @see ScriptedAgent
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(DispenseExtension.class)
public @interface DispenseTest {}
