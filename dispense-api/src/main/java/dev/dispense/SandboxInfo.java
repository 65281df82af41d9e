package dev.dispense;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A sandbox as it was when it was asked for.
 *
 * @param name its name
 * @param id the provider's id for it; empty when it is {@link SandboxState#GONE}
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
 *     dev.dispense.spi.Gateway}; false when it is {@link SandboxState#GONE}
 * @param source what is worked on in it
 * @param base the commit that the agent started from
 * @param branch the branch that is checked out in it
 * @param directory what this machine keeps for it; empty when it was created on another machine or
 *     with another state directory
 */
public record SandboxInfo(
    SandboxName name,
    Optional<String> id,
    String provider,
    SandboxState state,
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
    Optional<Path> directory) {}
