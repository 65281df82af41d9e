/** The work's way into the user's repository: refs, branches, merges, patches. */
@NullMarked
package dev.dispense.git.delivery;

import org.jspecify.annotations.NullMarked;
