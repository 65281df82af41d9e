package dev.dispense.docker.image;

import dev.dispense.Environment;
import dev.dispense.support.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that decides what is in an image that Dispense builds. */
public interface ImageDefinition {
  /** The label with the id of the base that an image was built on. */
  String BASE_LABEL = "dispense.base";

  /** The label of a build's first stage, the same in all recipes. */
  String STAGE_LABEL = "dispense.stage";

  /** The label of all images of one recipe but a first stage. */
  String RECIPE_LABEL = "dispense.recipe";

  /** Returns what the image is for, such as {@code the sandboxes' image}. */
  String purpose();

  /** Returns the image that it is built on. */
  String base();

  /** Returns the name and tag of the image. */
  String tag();

  /** Returns a hash of all that the image is made from, but the state of its base. */
  String hash();

  /** Returns the build's own arguments. */
  Map<String, String> arguments();

  /**
   * Returns the build context, a tar archive.
   *
   * @param certificates further certificate authorities, for the build
   */
  byte[] context(Optional<byte[]> certificates);

  /** Returns the image that this user wants others to be built on. */
  static String base(Environment host) {
    return host.setting("docker.base-image").orElse("debian:bookworm-slim");
  }

  /** Returns a hash of texts. */
  static String hash(List<String> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      all.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      all.writeBytes(bytes);
    }
    return Sha256.hex(all.toByteArray()).substring(0, 32);
  }
}
