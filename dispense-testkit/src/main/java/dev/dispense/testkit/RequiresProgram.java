package dev.dispense.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test, or a class of tests, that runs programs which not every machine has.
 *
 * <p>When one of them is not on the {@code PATH}, the test is skipped, and the reason says which;
 * with the environment variable {@code CI} set to {@code true} it fails at once instead, so that
 * nothing goes untested in silence.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(ProgramCondition.class)
public @interface RequiresProgram {
  /** Returns the names of the programs, as they are looked for on the {@code PATH}. */
  String[] value();
}
