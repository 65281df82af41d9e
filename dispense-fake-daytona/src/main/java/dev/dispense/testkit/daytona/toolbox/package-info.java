/** The API of the toolbox in each sandbox: commands, sessions, terminals and files. */
@NullMarked
package dev.dispense.testkit.daytona.toolbox;

import org.jspecify.annotations.NullMarked;
