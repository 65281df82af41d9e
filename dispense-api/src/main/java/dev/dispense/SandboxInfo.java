package dev.dispense;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A sandbox as it was when it was asked for.
 *
 * @param name its name
 * @param id the provider's id for it; empty when it is {@link State#GONE}
 * @param provider the id of the provider
 * @param state whether it runs
 * @param agent the id of its agent
 * @param model the model that its tasks use by default
 * @param image the image that it was made from
 * @param owner the login name of the user who created it
 * @param created when it was created
 * @param network what it may reach; of {@link NetworkPolicy.Allow} only that it is that: {@link
 *     Sandbox#network()} tells the hosts
 * @param keyOutside whether the key of its agent stays outside, at a {@link
 *     dev.dispense.spi.Gateway}; false when it is {@link State#GONE}
 * @param source what is worked on in it
 * @param base the commit that the agent started from
 * @param branch the branch that is checked out in it
 * @param directory what this machine keeps for it; empty when it was created on another machine or
 *     with another state directory
 * @param expiresAfter how long it runs before it stops by itself
 */
public record SandboxInfo(
    SandboxName name,
    Optional<String> id,
    String provider,
    State state,
    String agent,
    Optional<String> model,
    String image,
    String owner,
    Instant created,
    NetworkPolicy network,
    boolean keyOutside,
    Optional<Source> source,
    Optional<CommitId> base,
    Optional<String> branch,
    Optional<Path> directory,
    Optional<Duration> expiresAfter) {
  /** Whether a sandbox runs. */
  public enum State {
    /** Being made, started or stopped. */
    PENDING,
    /** Commands can be run. */
    RUNNING,
    /** Stopped or paused; its files are there. */
    STOPPED,
    /** The provider says that it is broken. */
    ERROR,
    /**
     * It cannot be used, but this machine still keeps its worktree: somebody removed it behind our
     * back, or its creation was cut off, in which case a half-made machine may be there too. {@link
     * Sandbox#delete()} keeps its work and removes the rest.
     */
    GONE
  }
}
