/** The Docker engine: where it is, how it is spoken to, and what its failures mean. */
@NullMarked
package dev.dispense.docker.engine;

import org.jspecify.annotations.NullMarked;
