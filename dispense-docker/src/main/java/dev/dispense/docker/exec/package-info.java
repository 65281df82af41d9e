/** Commands in a container: streams, terminals, and ending them. */
@NullMarked
package dev.dispense.docker.exec;

import org.jspecify.annotations.NullMarked;
