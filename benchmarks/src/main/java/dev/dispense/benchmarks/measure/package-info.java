/** How things are measured: rounds, figures, and the tools that Dispense is compared with. */
@NullMarked
package dev.dispense.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
