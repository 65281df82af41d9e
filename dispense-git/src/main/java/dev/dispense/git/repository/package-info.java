/** Repositories: refs, object stores, worktrees, and the private git directory of a sandbox. */
@NullMarked
package dev.dispense.git.repository;

import org.jspecify.annotations.NullMarked;
