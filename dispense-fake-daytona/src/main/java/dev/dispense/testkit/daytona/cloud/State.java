package dev.dispense.testkit.daytona.cloud;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The states of a sandbox, and those that it is meant to reach. */
public enum State {
  CREATING,
  RESTORING,
  DESTROYED,
  DESTROYING,
  STARTED,
  STOPPED,
  STARTING,
  STOPPING,
  ERROR,
  BUILD_FAILED,
  PENDING_BUILD,
  BUILDING_SNAPSHOT,
  UNKNOWN,
  PULLING_SNAPSHOT,
  ARCHIVED,
  ARCHIVING,
  RESIZING,
  SNAPSHOTTING,
  FORKING,
  PAUSING,
  PAUSED,
  RESUMING;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the sandbox is on its way to another state. */
  boolean changing() {
    return switch (this) {
      case STARTED, STOPPED, ERROR, BUILD_FAILED, ARCHIVED, DESTROYED, UNKNOWN, PAUSED -> false;
      case CREATING,
          RESTORING,
          DESTROYING,
          STARTING,
          STOPPING,
          PENDING_BUILD,
          BUILDING_SNAPSHOT,
          PULLING_SNAPSHOT,
          ARCHIVING,
          RESIZING,
          SNAPSHOTTING,
          FORKING,
          PAUSING,
          RESUMING ->
          true;
    };
  }

  /** Whether something went wrong. */
  boolean failed() {
    return this == ERROR || this == BUILD_FAILED;
  }

  /** Returns the state that can be asked for by this name. */
  public static Optional<State> listed(String wire) {
    return Arrays.stream(values())
        .filter(state -> state != DESTROYED && state.wire().equals(wire))
        .findFirst();
  }

  /** Returns the names of the states that can be asked for. */
  public static String listedNames() {
    return Arrays.stream(values())
        .filter(state -> state != DESTROYED)
        .map(State::wire)
        .collect(Collectors.joining(", "));
  }
}
