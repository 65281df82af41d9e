/** A sandbox as a container: made, started, stopped, reached. */
@NullMarked
package dev.dispense.docker.container;

import org.jspecify.annotations.NullMarked;
