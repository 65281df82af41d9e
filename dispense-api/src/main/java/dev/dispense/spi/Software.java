package dev.dispense.spi;

import java.util.Map;

/**
 * A program that a sandbox must have, and how it is installed: an agent's command line, as a rule.
 * The same two scripts serve when an image is built and when the program is missing in a sandbox
 * that runs already.
 *
 * <p>Both are POSIX shell programs that get {@code DISPENSE_SOFTWARE} set to a directory that is
 * theirs to write, which is on the {@code PATH} of every command in the sandbox as {@code
 * $DISPENSE_SOFTWARE/bin}. When the host trusts further certificate authorities, {@code
 * SSL_CERT_FILE}, {@code CURL_CA_BUNDLE} and {@code NODE_EXTRA_CA_CERTS} name a bundle of them; the
 * host's proxy and registry variables are set too. They run as an ordinary user, so they can
 * install no packages of the system.
 *
 * @param id a short name, such as {@code claude}
 * @param version the exact version that is installed
 * @param check exits with 0, and prints the installed version as its first line, when the program
 *     is there
 * @param install installs it; what it prints is shown as progress; exits with 0 when all went well
 * @param environment set for both scripts
 */
public record Software(
    String id, String version, String check, String install, Map<String, String> environment) {
  /** Copies the environment. */
  public Software {
    environment = Map.copyOf(environment);
  }
}
