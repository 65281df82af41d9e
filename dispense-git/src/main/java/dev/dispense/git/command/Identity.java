package dev.dispense.git.command;

/**
 * Who makes commits.
 *
 * @param name a name
 * @param email an address
 */
public record Identity(String name, String email) {
  /** Makes the commits that are not the user's own doing. */
  public static final Identity DISPENSE = new Identity("Dispense", "dispense@localhost");
}
