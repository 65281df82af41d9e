/** Commands, files and terminals in a sandbox, over connections that break. */
@NullMarked
package dev.dispense.daytona.exec;

import org.jspecify.annotations.NullMarked;
