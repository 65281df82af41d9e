package dev.dispense.cli.session;

import dev.dispense.Risk;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** The risks that a person looked at and takes over. */
public final class AllowOption {
  @Option(
      names = "--allow",
      paramLabel = "<kind>",
      split = ",",
      description = {
        "Takes over what else stops it: autorun (files that run by themselves), build (files that"
            + " decide what a build runs), ci (the same on a server), escape (links that lead out),"
            + " submodule (other repositories), name (names that deceive). Several with commas."
      })
  private List<Risk.Kind> kinds = new ArrayList<>();

  public Set<Risk.Kind> kinds() {
    return Set.copyOf(kinds);
  }
}
