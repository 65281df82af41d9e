package dev.dispense.git.repository;

import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import java.util.Optional;

/** A setting that is a number of bytes. */
public final class ByteLimit {
  private ByteLimit() {}

  /**
   * Returns its value.
   *
   * @param otherwise where it is not set
   * @throws RefusedException when it is no number above zero
   */
  public static long of(Environment host, String name, long otherwise) {
    Optional<String> setting = host.setting(name);
    if (setting.isPresent() && !setting.get().matches("[1-9]\\d{0,17}")) {
      throw new RefusedException(
          "Tried to read the setting %s but failed because '%s' is not a number of bytes. Correct it, or take it away."
              .formatted(host.settingAsGiven(name), PrintableText.printable(setting.get(), 80)));
    }
    return setting.map(Long::parseLong).orElse(otherwise);
  }
}
