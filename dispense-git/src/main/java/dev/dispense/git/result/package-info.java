/** What comes out of a sandbox: fetched as a bundle, and checked in a quarantine. */
@NullMarked
package dev.dispense.git.result;

import org.jspecify.annotations.NullMarked;
