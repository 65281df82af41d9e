package dev.dispense.daytona.http;

import dev.dispense.DispenseException;
import dev.dispense.NotFoundException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import dev.dispense.daytona.access.Access;
import dev.dispense.daytona.access.ServerAddress;

/** Says in our own terms why a call failed. */
public final class Failure {
  static final int BAD_REQUEST = 400;
  public static final int NOT_FOUND = 404;
  public static final int TIME_OUT = 408;
  public static final int CONFLICT = 409;
  public static final int TOO_MANY = 429;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int UNPROCESSABLE = 422;
  private static final int REDIRECT = 300;
  private static final int SERVER_ERROR = 500;
  private static final int UNAVAILABLE = 503;

  private Failure() {}

  /** Whether the same call may well succeed in a moment. */
  public static boolean isTransient(Reply reply) {
    return reply.status() >= SERVER_ERROR;
  }

  /** Whether a server says that it has not even begun to do what was asked. */
  public static boolean isUntouched(Reply reply) {
    return reply.status() == UNAVAILABLE;
  }

  /**
   * Whether the API says that what was asked for is not there. A server that is no Daytona, or an
   * address without the path of the API, has pages for that, or the name of a route.
   */
  public static boolean isAbsent(Reply reply) {
    return reply.status() == NOT_FOUND
        && reply.message().filter(message -> !message.startsWith("Cannot ")).isPresent();
  }

  /** Whether a refusal would be the same whatever was asked. */
  public static boolean concernsAll(Reply reply) {
    return reply.status() >= SERVER_ERROR
        || reply.status() == UNAUTHORIZED
        || reply.status() == FORBIDDEN
        || reply.status() == TOO_MANY
        || reply.status() / 100 == REDIRECT / 100;
  }

  /**
   * Returns the exception for an answer that is no success.
   *
   * @param doing what was tried, as it follows "Tried to"
   */
  public static DispenseException of(String doing, Access access, Reply reply) {
    String reason = access.token().mask(reply.reason());
    String tried = "Tried to " + doing + " but failed because ";
    return switch (reply.status()) {
      case UNAUTHORIZED -> notAccepted(tried, access, reason);
      case FORBIDDEN ->
          new UnavailableException(
              tried
                  + "the "
                  + kind(access)
                  + " from "
                  + access.origin()
                  + " may not do that: "
                  + reason
                  + "."
                  + access
                      .organization()
                      .map(
                          id ->
                              " See whether you belong to the organization '"
                                  + PrintableText.printable(id, 80)
                                  + "' (DAYTONA_ORGANIZATION_ID), and may write and delete"
                                  + " sandboxes there.")
                      .orElse(
                          " Use a key of the organization that is meant, with the permissions to"
                              + " write and delete sandboxes, or ask an administrator of it."));
      case NOT_FOUND ->
          isAbsent(reply)
              ? new NotFoundException(tried + "Daytona does not know it: " + reason + ".")
              : senseless(doing, access.address());
      case BAD_REQUEST, UNPROCESSABLE ->
          new RefusedException(tried + "Daytona refuses it: " + reason + ".");
      case TOO_MANY ->
          new UnavailableException(
              tried
                  + "Daytona limits how often your organization may ask. Try again "
                  + reply
                      .retryAfter()
                      .map(wait -> "in " + Math.max(1, wait.toSeconds()) + " seconds.")
                      .orElse("in a minute."));
      case UNAVAILABLE ->
          new UnavailableException(
              tried + "Daytona is not available at the moment: " + reason + ". Try again later.");
      default -> other(tried, access, reply, reason);
    };
  }

  private static UnavailableException notAccepted(String tried, Access access, String reason) {
    String start =
        tried
            + "Daytona at "
            + access.address()
            + " does not accept the "
            + kind(access)
            + " from "
            + access.origin()
            + " ("
            + reason
            + "). ";
    if (access.isLogin()) {
      return new UnavailableException(
          start
              + "It has most likely expired. Log in again with Daytona's own command ('daytona"
              + " login'), set a new DAYTONA_JWT_TOKEN, or use a key (DAYTONA_API_KEY), which"
              + " lasts longer.");
    }
    return new UnavailableException(
        start
            + "It may be mistyped, deleted or expired, or be one of another server. Make a new one"
            + " in Daytona's dashboard, and set DAYTONA_API_KEY or store it.",
        null,
        new DispenseException.Hint.StoreKey("daytona"));
  }

  private static String kind(Access access) {
    return access.isLogin() ? "access token" : "key";
  }

  private static DispenseException other(String tried, Access access, Reply reply, String reason) {
    if (reply.status() >= SERVER_ERROR) {
      return new UnavailableException(
          tried
              + "the server at "
              + access.address()
              + " failed: "
              + reason
              + ". Try again later.");
    }
    if (reply.status() / 100 == REDIRECT / 100) {
      return new UnavailableException(
          tried
              + access.address()
              + " leads elsewhere, where your key is not sent. Set DAYTONA_API_URL to the address"
              + " of the API itself, such as "
              + ServerAddress.CLOUD
              + ".");
    }
    return new DispenseException(tried + "Daytona answered: " + reason + ".");
  }

  /** Returns the exception for an answer that cannot be understood. */
  public static UnavailableException senseless(String doing, ServerAddress address) {
    return new UnavailableException(
        "Tried to "
            + doing
            + " but failed because what answers at "
            + address
            + " does not speak as Daytona does. See whether the address is that of Daytona's API,"
            + " such as "
            + ServerAddress.CLOUD
            + ".");
  }
}
