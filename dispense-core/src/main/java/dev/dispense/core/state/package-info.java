/** What is recorded of sandboxes on this machine and in their labels. */
@NullMarked
package dev.dispense.core.state;

import org.jspecify.annotations.NullMarked;
