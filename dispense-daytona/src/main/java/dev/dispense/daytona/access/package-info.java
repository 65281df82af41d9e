/** Where the service is, and the key to it. */
@NullMarked
package dev.dispense.daytona.access;

import org.jspecify.annotations.NullMarked;
