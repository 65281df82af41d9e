/** The SSH server that leads into sandboxes. */
@NullMarked
package dev.dispense.testkit.daytona.ssh;

import org.jspecify.annotations.NullMarked;
