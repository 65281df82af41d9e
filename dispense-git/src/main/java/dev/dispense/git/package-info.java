/**
 * Brings git repositories and directories into sandboxes, and the work back out as checked data.
 *
 * <p>It runs the git that is installed on this machine (2.34 or newer). {@link
 * dev.dispense.git.GitSourceProvider} is found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package dev.dispense.git;

import org.jspecify.annotations.NullMarked;
