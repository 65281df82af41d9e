package dev.dispense.daytona.http;

import dev.dispense.DispenseException;
import dev.dispense.UnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.HttpUrl;

/** Says why a call got no answer, and what to look at. */
public final class Unreachable {
  private static final Pattern REFUSED =
      Pattern.compile("Unexpected response code for CONNECT: (\\d+)");
  private static final String WANTS_USER = "Failed to authenticate with proxy";

  private Unreachable() {}

  /**
   * Returns the exception.
   *
   * @param doing what was tried, as it follows "Tried to"
   * @param proxy the proxy on the way, if any
   */
  static UnavailableException because(
      String doing, HttpUrl address, Optional<EnvironmentProxy> proxy, IOException failure) {
    String text =
        proxy
            .flatMap(it -> ofProxy(it, failure))
            .orElseGet(() -> ofServer(address, proxy, failure));
    return new UnavailableException("Tried to " + doing + " but failed because " + text, failure);
  }

  /** Whether there was no connection yet, so that the request cannot have arrived. */
  public static boolean isBeforeTheRequest(IOException failure) {
    return failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof SSLHandshakeException
        || failure instanceof SSLPeerUnverifiedException;
  }

  private static Optional<String> ofProxy(EnvironmentProxy proxy, IOException failure) {
    String said = String.valueOf(failure.getMessage());
    Matcher refused = REFUSED.matcher(said);
    if (said.equals(WANTS_USER)) {
      return Optional.of(
          proxy
              + " wants another user and password. Set "
              + proxy.variable()
              + " to http://USER:PASSWORD@HOST:PORT.");
    }
    if (refused.find()) {
      return Optional.of(
          proxy
              + " does not let it through: it answered with status "
              + refused.group(1)
              + ". Ask who runs the proxy, or list Daytona's host in NO_PROXY to do without it.");
    }
    if (failure instanceof ConnectException || failure instanceof UnknownHostException) {
      return Optional.of(
          proxy
              + " cannot be reached. Correct the variable, or list Daytona's host in NO_PROXY to do"
              + " without it.");
    }
    return Optional.empty();
  }

  private static String ofServer(
      HttpUrl address, Optional<EnvironmentProxy> proxy, IOException failure) {
    String server = "Daytona at " + shown(address);
    if (isAboutCertificate(failure)) {
      return "the certificate of "
          + server
          + " is not one that this machine trusts: "
          + DispenseException.reason(failure)
          + ". If an authority of your company or your own has signed it, name the file with that"
          + " authority's certificate in SSL_CERT_FILE; otherwise see whether the address is"
          + " right.";
    }
    return server
        + " cannot be reached"
        + proxy.map(it -> " through " + it).orElse("")
        + ": "
        + reason(failure)
        + ". See whether this machine has a network, and whether the address is right.";
  }

  private static String shown(HttpUrl address) {
    return address.toString().replaceFirst("/$", "");
  }

  private static boolean isAboutCertificate(IOException failure) {
    String said = String.valueOf(failure.getMessage());
    return failure instanceof SSLPeerUnverifiedException
        || (failure instanceof SSLException
            && (said.contains("certificat") || said.contains("certification path")));
  }

  private static String reason(IOException failure) {
    if (failure instanceof UnknownHostException) {
      return "there is no host of that name, or no network";
    }
    if (failure instanceof InterruptedIOException) {
      return "it does not answer in time";
    }
    if (failure instanceof SSLException) {
      return "what answers there does not speak TLS as it should ("
          + DispenseException.reason(failure)
          + ")";
    }
    return DispenseException.reason(failure);
  }
}
