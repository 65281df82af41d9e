/** Sandboxes of the service: their states, their networks, and ways into them. */
@NullMarked
package dev.dispense.daytona.sandbox;

import org.jspecify.annotations.NullMarked;
