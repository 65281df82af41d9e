package dev.dispense.daytona.creation;

import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.http.Failure;
import dev.dispense.daytona.http.Reply;
import dev.dispense.daytona.sandbox.NewSandbox;
import dev.dispense.daytona.sandbox.RemoteSandbox;
import dev.dispense.spi.MachineSpec;
import java.util.Optional;

/**
 * Says why the service made no sandbox. It has no codes for that, only sentences.
 *
 * @param doing what was tried, as it follows "Tried to"
 */
record CreationFailure(String doing, MachineSpec spec, NewSandbox wanted) {
  private static final String DASHBOARD = "Daytona's dashboard";

  /**
   * Returns the exception for a refusal.
   *
   * @param left the sandbox that was left behind, if any
   */
  DispenseException translate(Reply reply, Optional<RemoteSandbox> left, Access access) {
    String reason = access.token().mask(reply.reason());
    String tried = "Tried to " + doing + " but failed because ";
    if (left.isPresent() || reply.says("failed to start")) {
      String why = left.map(RemoteSandbox::errorReason).filter(it -> !it.isEmpty()).orElse(reason);
      return new UnavailableException(
          tried
              + "it did not start: "
              + why
              + ". Look at the image or snapshot '"
              + wanted.image()
              + "', or try again.");
    }
    if (reply.says("resources when using a snapshot")) {
      return new RefusedException(
          tried
              + "a snapshot has resources of its own: "
              + reason
              + ". Leave them out, or give an image.");
    }
    if (reply.says("snapshot")) {
      return new UnavailableException(
          tried
              + "'"
              + wanted.image()
              + "' cannot be used: "
              + reason
              + ". See its name in "
              + DASHBOARD
              + " and give it as the image snapshot:NAME, or give an image.");
    }
    if (reply.says("region")) {
      return new UnavailableException(
          tried
              + "the region "
              + access.target().map(target -> "'" + target + "' ").orElse("")
              + "cannot be used: "
              + reason
              + ". Set DAYTONA_TARGET to one that your organization has, such as us, or unset it.");
    }
    if (reply.says("volume")) {
      return new UnavailableException(
          tried + "a volume is missing: " + reason + ". Make it first, in " + DASHBOARD + ".");
    }
    if (isAboutLimits(reply)) {
      return new UnavailableException(
          tried
              + "your organization has used up what it may use: "
              + reason
              + ". Stop or delete sandboxes that are not needed, or ask for more in "
              + DASHBOARD
              + ".");
    }
    return Failure.of(doing, access, reply);
  }

  /** Whether a refusal says that the organization has used up what it may use. */
  static boolean isAboutLimits(Reply reply) {
    return reply.status() < Failure.TOO_MANY
        && (reply.says("limit") || reply.says("quota") || reply.says("exceed"));
  }
}
