/** How a sandbox is made at the service, and undone. */
@NullMarked
package dev.dispense.daytona.creation;

import org.jspecify.annotations.NullMarked;
