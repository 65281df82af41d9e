package dev.dispense.docker;

import dev.dispense.Diagnosis.Finding;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.gateway.GatewayRecipe;
import dev.dispense.docker.host.Owner;
import dev.dispense.docker.image.DefaultImage;
import dev.dispense.docker.image.ImageDefinition;
import dev.dispense.docker.image.Images;
import dev.dispense.spi.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What there is to say of an engine and its images to somebody who asks whether all is well. */
final class EngineFindings {
  private final Environment host;
  private final Engine engine;
  private final Images images;
  private final DefaultImage defaultImage;
  private final String subject;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param subject what the findings are about
   */
  EngineFindings(
      Environment host, Engine engine, Images images, DefaultImage defaultImage, String subject) {
    this.host = host;
    this.engine = engine;
    this.images = images;
    this.defaultImage = defaultImage;
    this.subject = subject;
  }

  List<Finding> all(List<Software> software) {
    findings.add(
        Finding.fine(
            subject,
            "The engine is version %s at %s (%s), API %s."
                .formatted(
                    engine.info().getServerVersion(),
                    engine.endpoint().uri(),
                    engine.endpoint().origin(),
                    engine.version())));
    if (!engine.endpoint().isLocal()) {
      findings.add(
          Finding.note(
              subject,
              "The engine is on another machine, or said to be: files are uploaded instead of"
                  + " mounted, and there can be no gateway."));
    }
    Optional<String> own = host.setting("image");
    if (own.isPresent()) {
      image(own.get(), "which the setting image names", "it is pulled when it is needed");
      return findings;
    }
    image(
        ImageDefinition.base(host), "on which images are built", "it is pulled when it is needed");
    Owner owner = owner();
    ImageDefinition recipe = defaultImage.recipe(software, owner.uid(), owner.gid());
    image(recipe.tag(), "of sandboxes", "the first sandbox takes a few minutes to build it");
    if (engine.endpoint().isLocal()) {
      String gateway = new GatewayRecipe(ImageDefinition.base(host)).tag();
      image(gateway, "of the gateway", "the first sandbox takes a minute to build it");
    }
    return findings;
  }

  private void image(String reference, String what, String otherwise) {
    boolean isThere = images.find(reference).isPresent();
    String name = "The image %s, %s,".formatted(reference, what);
    findings.add(
        isThere
            ? Finding.fine(subject, name + " is there.")
            : Finding.note(subject, name + " is not there; " + otherwise + "."));
  }

  /** Whose the files of sandboxes are, and so who works in them. */
  private Owner owner() {
    Path place = Files.exists(host.stateDirectory()) ? host.stateDirectory() : host.userHome();
    try {
      return Owner.of(place);
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to find out the owner of %s but failed because %s."
              .formatted(place, DispenseException.reason(e)),
          e);
    }
  }
}
