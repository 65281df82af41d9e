package dev.dispense.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test, or a class of tests, that needs a Docker engine: one that answers at {@code
 * DOCKER_HOST} ({@code unix://} or {@code tcp://} without TLS), by default at {@code
 * /var/run/docker.sock}, and that has the image which {@code DISPENSE_DOCKER_BASE_IMAGE} names, by
 * default {@code debian:bookworm-slim}.
 *
 * <p>Without it the test is skipped, and the reason says what is missing; with the environment
 * variable {@code CI} set to {@code true} it fails instead, so that nothing goes untested in
 * silence.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(DockerCondition.class)
public @interface RequiresDocker {}
