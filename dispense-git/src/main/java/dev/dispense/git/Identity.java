package dev.dispense.git;

/**
 * Who makes commits.
 *
 * @param name a name
 * @param email an address
 */
record Identity(String name, String email) {
  /** Makes the commits that are not the user's own doing. */
  static final Identity DISPENSE = new Identity("Dispense", "dispense@localhost");
}
