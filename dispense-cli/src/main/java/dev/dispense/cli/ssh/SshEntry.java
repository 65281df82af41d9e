package dev.dispense.cli.ssh;

import dev.dispense.Secret;
import dev.dispense.SshAccess;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host in a configuration of {@code ssh} (ssh_config(5)) that is a sandbox. What ssh does not
 * need to know stands in its first line, a comment.
 *
 * @param name the sandbox's name, which is made of what is harmless in such a file
 * @param provider the id of its provider
 * @param id the provider's id for it
 * @param access how it is reached; empty when through a command of ours
 */
public record SshEntry(String name, String provider, String id, Optional<SshAccess> access) {
  private static final String PREFIX = "dispense-";

  /** The name by which all local sandboxes' server is known, which is a program of ours. */
  static final String LOCAL_ALIAS = PREFIX + "local";

  private static final Pattern FORM =
      Pattern.compile("# dispense (\\S+) (\\S+) (\\S+)\n.*", Pattern.DOTALL);

  /** Returns the name for {@code ssh}. */
  public static String host(String name) {
    return PREFIX + name;
  }

  /**
   * Returns the text of the file.
   *
   * @param proxy the command that speaks SSH for a local sandbox
   * @param knownHosts the file with the keys of hosts
   */
  String text(String proxy, Path knownHosts) {
    StringBuilder text = new StringBuilder();
    text.append("# dispense ").append(provider).append(' ').append(id).append(' ');
    text.append(access.map(it -> it.expires().toString()).orElse("-")).append('\n');
    text.append("Host ").append(host(name)).append('\n');
    if (access.isPresent()) {
      line(text, "HostName", access.get().host());
      line(text, "Port", Integer.toString(access.get().port()));
      line(text, "User", access.get().user().reveal());
      line(text, "StrictHostKeyChecking", "accept-new");
    } else {
      line(text, "User", "agent");
      line(text, "ProxyCommand", proxy);
      line(text, "HostKeyAlias", LOCAL_ALIAS);
      line(text, "StrictHostKeyChecking", "yes");
    }
    line(text, "UserKnownHostsFile", SshConfigQuoting.quoted(knownHosts.toString()));
    line(text, "UpdateHostKeys", "no");
    // Nothing of the user's is offered to a sandbox, whatever else is configured.
    line(text, "PubkeyAuthentication", "no");
    line(text, "PasswordAuthentication", "no");
    line(text, "ForwardAgent", "no");
    line(text, "ForwardX11", "no");
    return text.toString();
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append("  ").append(key).append(' ').append(value).append('\n');
  }

  /** Reads a file that {@link #text} has made; empty when it was not. */
  static Optional<SshEntry> parse(String name, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      Optional<SshAccess> access =
          form.group(3).equals("-")
              ? Optional.empty()
              : Optional.of(
                  new SshAccess(
                      value(text, "HostName"),
                      Integer.parseInt(value(text, "Port")),
                      Secret.of(value(text, "User")),
                      Instant.parse(form.group(3))));
      return Optional.of(new SshEntry(name, form.group(1), form.group(2), access));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static String value(String text, String key) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith(key + " "))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** Returns whether both are about the same sandbox. */
  boolean isSame(SshEntry other) {
    return name.equals(other.name) && provider.equals(other.provider) && id.equals(other.id);
  }

  /** Returns whether it lets people in until then. */
  public boolean lasts(Instant until) {
    return access.filter(it -> it.expires().isAfter(until)).isPresent();
  }
}
