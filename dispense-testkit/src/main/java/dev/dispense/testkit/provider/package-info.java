/** The contract of providers. */
@NullMarked
package dev.dispense.testkit.provider;

import org.jspecify.annotations.NullMarked;
