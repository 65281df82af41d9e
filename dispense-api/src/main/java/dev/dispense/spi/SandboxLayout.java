package dev.dispense.spi;

/**
 * Where things are in a sandbox: absolute paths, all owned by the sandbox's user.
 *
 * @param workspace what the agent works on; {@code /workspace} wherever a provider can choose
 * @param dispense what Dispense keeps in the sandbox: the supervisor, its tasks, the git directory;
 *     {@code /dispense} wherever a provider can choose
 * @param home the home directory of the sandbox's user
 * @param secrets a directory that only the sandbox's user can read, in memory where the provider
 *     can (tmpfs), so that what is in it never reaches a disk
 */
public record SandboxLayout(String workspace, String dispense, String home, String secrets) {}
