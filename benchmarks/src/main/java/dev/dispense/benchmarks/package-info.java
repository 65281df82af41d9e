/**
 * A program that measures Dispense against the tools that it is made of, {@code git} and {@code
 * docker}, in the same run and in turn.
 */
@NullMarked
package dev.dispense.benchmarks;

import org.jspecify.annotations.NullMarked;
