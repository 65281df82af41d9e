package dev.dispense.daytona.exec;

import java.util.List;

/**
 * How far a client has got with a command: what it need not be told again.
 *
 * @param out where it is in the output
 * @param err where it is in the error output
 * @param consumed how many pieces of the input the command has taken, as the runner wrote it
 */
record Offsets(Place out, Place err, String consumed) {
  /** Nothing is known yet. */
  static final Offsets START = new Offsets(new Place(0, 0), new Place(0, 0), "0");

  /**
   * A place in an output, which is cut into segments.
   *
   * @param segment from 0
   * @param offset in bytes
   */
  record Place(long segment, long offset) {}

  /** Returns them as they are when one more part of the output was received. */
  Offsets afterSegment() {
    return new Offsets(new Place(out.segment() + 1, 0), err, consumed);
  }

  /** Returns them as the runner reads them. */
  List<String> words() {
    return List.of(
        Long.toString(out.segment()),
        Long.toString(out.offset()),
        Long.toString(err.segment()),
        Long.toString(err.offset()),
        consumed);
  }
}
