/**
 * Sandboxes in the cloud, at Daytona or on a server of one's own that speaks its API (v0.190.0 and
 * newer).
 */
@NullMarked
package dev.dispense.daytona;

import org.jspecify.annotations.NullMarked;
