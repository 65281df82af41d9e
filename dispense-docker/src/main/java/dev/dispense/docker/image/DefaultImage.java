package dev.dispense.docker.image;

import dev.dispense.Environment;
import dev.dispense.Progress;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.Software;
import java.util.List;

/** The image that sandboxes have when none is asked for. */
public final class DefaultImage {
  private final Environment host;
  private final ImageBuilder builder;
  private final HostEnvironment surroundings;

  public DefaultImage(Environment host, ImageBuilder builder) {
    this.host = host;
    this.builder = builder;
    this.surroundings = new HostEnvironment(host);
  }

  /** Returns the reference of the image that fits, built when it is missing. */
  public String ensure(MachineSpec spec, Progress.Listener progress) {
    return builder.ensure(recipe(spec.software(), spec.uid(), spec.gid()), progress);
  }

  /** Returns what decides which image fits. */
  public ImageDefinition recipe(List<Software> software, int uid, int gid) {
    return new ImageRecipe(
        ImageDefinition.base(host),
        software,
        uid,
        gid,
        surroundings.npmRegistry(),
        surroundings.certificates().isPresent());
  }
}
