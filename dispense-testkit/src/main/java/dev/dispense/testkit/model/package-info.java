/** A model server that follows a script. */
@NullMarked
package dev.dispense.testkit.model;

import org.jspecify.annotations.NullMarked;
