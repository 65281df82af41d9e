package dev.dispense.docker;

/** The numeric user and group that everything in a sandbox belongs to. */
record Owner(int uid, int gid) {
  /** Returns the owner that the engine calls {@code uid:gid}; root when it names none. */
  static Owner parse(String user) {
    if (!user.matches("[0-9]{1,9}:[0-9]{1,9}")) {
      return new Owner(0, 0);
    }
    int colon = user.indexOf(':');
    return new Owner(
        Integer.parseInt(user.substring(0, colon)), Integer.parseInt(user.substring(colon + 1)));
  }
}
