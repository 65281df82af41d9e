/** What is risky in the work, and what stops on it. */
@NullMarked
package dev.dispense.git.risk;

import org.jspecify.annotations.NullMarked;
