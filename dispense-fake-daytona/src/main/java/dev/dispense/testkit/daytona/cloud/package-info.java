/**
 * What the fake service knows and runs: keys, sandboxes and their states, containers, processes,
 * terminals, and the faults that it is told to have.
 */
@NullMarked
package dev.dispense.testkit.daytona.cloud;

import org.jspecify.annotations.NullMarked;
