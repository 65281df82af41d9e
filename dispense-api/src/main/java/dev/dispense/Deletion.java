package dev.dispense;

import java.util.Optional;

/**
 * What became of a sandbox's work when it was deleted.
 *
 * @param name the sandbox's name, which is free again
 * @param kept where the work that had not been fetched is kept, in words for a person; empty when
 *     there was none
 */
public record Deletion(SandboxName name, Optional<String> kept) {}
