/**
 * The main API: sandboxes are made, listed, changed and deleted, with Daytona's checks and answers.
 */
@NullMarked
package dev.dispense.testkit.daytona.api;

import org.jspecify.annotations.NullMarked;
