/** SSH into sandboxes: what ssh is told of them, and a server for local ones. */
@NullMarked
package dev.dispense.cli.ssh;

import org.jspecify.annotations.NullMarked;
