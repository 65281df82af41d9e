package dev.dispense;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * The address of what listens on a port of a sandbox.
 *
 * @param url the address, for a browser; whoever has a {@linkplain Access#SIGNED signed} one can
 *     open it
 * @param token what a {@linkplain Access#PRIVATE private} address wants to be sent in {@link
 *     #header()}; empty for the others
 * @param header the name of the header that takes the token; empty where there is none
 * @param expires from when on the address is of no use; empty when it is as long as the sandbox
 *     runs
 */
public record PreviewUrl(
    URI url, Optional<Secret> token, Optional<String> header, Optional<Instant> expires) {

  /** Who can open a preview. */
  public enum Access {
    /** Everybody: all ports of the sandbox become public, and stay so. */
    PUBLIC,
    /** Who has an account in the organization, or sends the token. */
    PRIVATE,
    /** Who has the address, for a time. */
    SIGNED
  }
}
