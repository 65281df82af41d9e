package dev.dispense.docker.engine;

import dev.dispense.PrintableText;
import dev.dispense.UnavailableException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Docker Engine API; see docs.docker.com/reference/api/engine. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,4})\\.([0-9]{1,4})");

  /** Returns the version to speak with an engine whose newest one is {@code offered}. */
  static ApiVersion negotiate(String offered) {
    Matcher matcher = FORM.matcher(offered);
    if (!matcher.matches()) {
      throw new UnavailableException(
          "Tried to agree on an API version with the Docker Engine but failed because it offers '"
              + PrintableText.printable(offered, 40)
              + "'. Look at what DOCKER_HOST points to.");
    }
    ApiVersion theirs =
        new ApiVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    if (theirs.compareTo(Engine.OLDEST) < 0) {
      throw new UnavailableException(
          "Tried to use the Docker Engine but failed because it speaks only API version "
              + theirs
              + ", and "
              + Engine.OLDEST
              + " is needed. Update it to Docker 20.10 or newer.");
    }
    return theirs.compareTo(Engine.NEWEST) < 0 ? theirs : Engine.NEWEST;
  }

  @Override
  public int compareTo(ApiVersion other) {
    return major == other.major
        ? Integer.compare(minor, other.minor)
        : Integer.compare(major, other.major);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
