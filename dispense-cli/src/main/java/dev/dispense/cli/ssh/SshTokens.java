package dev.dispense.cli.ssh;

import dev.dispense.Environment;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.SshAccess;
import dev.dispense.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The access by SSH that a remote sandbox has. A new one ends the one before, so it is used as long
 * as it lasts, for all that this user does.
 */
public final class SshTokens {
  /** How long a new access lasts. */
  static final Duration LIFETIME = Duration.ofHours(12);

  /** How much of it must be left for a session to begin; it may then last longer. */
  public static final Duration LEAST = Duration.ofMinutes(2);

  private final Environment host;
  private final SshDirectory directory;

  public SshTokens(Environment host) {
    this.host = host;
    this.directory = new SshDirectory(host);
  }

  /** Returns an access that lasts long enough for a session to begin, and keeps it. */
  public SshEntry lasting(Sandbox sandbox) {
    Instant until = host.clock().instant().plus(LEAST);
    return obtained(sandbox, entry -> entry.lasts(until), LIFETIME);
  }

  /** Returns a new access, and keeps it. */
  public SshEntry renewed(Sandbox sandbox) {
    return obtained(sandbox, entry -> false, LIFETIME);
  }

  /** Returns an access that ends about then, and not later, and keeps it. */
  public SshEntry ending(Sandbox sandbox, Duration lifetime) {
    Instant now = host.clock().instant();
    // Minutes are all that is counted in.
    Instant latest = now.plus(lifetime).plusSeconds(90);
    Instant earliest = now.plus(lifetime.dividedBy(2));
    return obtained(sandbox, entry -> entry.lasts(earliest) && !entry.lasts(latest), lifetime);
  }

  private SshEntry obtained(Sandbox sandbox, Predicate<SshEntry> isGood, Duration lifetime) {
    directory.prepare();
    SshEntry wanted = entry(sandbox.info(), Optional.empty());
    return directory.locked(
        () -> {
          Optional<SshEntry> known =
              directory.entry(wanted.name()).filter(wanted::isSame).filter(isGood);
          if (known.isPresent()) {
            return known.get();
          }
          SshEntry entry = entry(sandbox.info(), Optional.of(sandbox.ssh(lifetime)));
          directory.update(entry);
          return entry;
        });
  }

  /** Returns what is to be written of a sandbox. */
  public static SshEntry entry(SandboxInfo info, Optional<SshAccess> access) {
    String id =
        info.id()
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "The sandbox '%s' is not there (any more), so nobody can enter it."
                            .formatted(info.name())));
    return new SshEntry(info.name().value(), info.provider(), id, access);
  }
}
