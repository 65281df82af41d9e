/** Networks of sandboxes, and what a list of containers says. */
@NullMarked
package dev.dispense.docker.network;

import org.jspecify.annotations.NullMarked;
