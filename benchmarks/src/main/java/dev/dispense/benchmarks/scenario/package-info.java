/** What is measured, each against the raw tool. */
@NullMarked
package dev.dispense.benchmarks.scenario;

import org.jspecify.annotations.NullMarked;
