/** What a sandbox starts with: a worktree of a repository, or a copy of a directory. */
@NullMarked
package dev.dispense.git.checkout;

import org.jspecify.annotations.NullMarked;
