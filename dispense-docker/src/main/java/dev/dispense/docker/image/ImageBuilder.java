package dev.dispense.docker.image;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Image;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.EngineFailure;
import dev.dispense.docker.host.AptMirror;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.docker.network.BridgeNetwork;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Builds the images that are Dispense's own: on first use, with the engine's classic builder; they
 * are found by their tags from then on.
 */
public final class ImageBuilder {
  private static final String STEP = "Building image";
  private static final Pattern STEP_LINE = Pattern.compile("Step ([0-9]+)/([0-9]+) : .*");
  private static final Pattern BOOKKEEPING =
      Pattern.compile("---> .*|Removing intermediate container .*");
  private static final int LAST_LINES = 20;

  private final Environment host;
  private final Engine engine;
  private final Images images;
  private final BridgeNetwork network;
  private final HostEnvironment surroundings;

  public ImageBuilder(Environment host, Engine engine, Images images, BridgeNetwork network) {
    this.host = host;
    this.engine = engine;
    this.images = images;
    this.network = network;
    this.surroundings = new HostEnvironment(host);
  }

  /** Returns the reference of an image, built when it is missing. */
  public String ensure(ImageDefinition recipe, Progress.Listener progress) {
    if (isCurrent(recipe)) {
      return recipe.tag();
    }
    new BuildLock(host.cacheDirectory())
        .holding(
            () -> {
              if (!isCurrent(recipe)) {
                build(recipe, progress);
              }
            });
    return recipe.tag();
  }

  /** Returns whether the image is there, and not made from an older state of its base. */
  private boolean isCurrent(ImageDefinition recipe) {
    Optional<InspectImageResponse> image = images.find(recipe.tag());
    if (image.isEmpty()) {
      return false;
    }
    String builtOn = String.valueOf(label(image.get(), ImageDefinition.BASE_LABEL));
    Optional<InspectImageResponse> base = images.find(recipe.base());
    return base.isEmpty() || builtOn.equals(base.get().getId());
  }

  private static String label(InspectImageResponse image, String name) {
    Map<String, String> labels = image.getConfig() == null ? null : image.getConfig().getLabels();
    return labels == null ? "" : labels.getOrDefault(name, "");
  }

  private void build(ImageDefinition recipe, Progress.Listener progress) {
    InspectImageResponse base =
        images.ensure(
            recipe.base(),
            "It is the base of "
                + recipe.purpose()
                + ". Pull it with 'docker pull "
                + recipe.base()
                + "' where a registry can be reached; or load it with 'docker load'; or name an"
                + " image that is there with the setting docker.base-image"
                + " (DISPENSE_DOCKER_BASE_IMAGE); or make one without any registry with"
                + " scripts/base-image of Dispense's repository.",
            progress);
    progress.onProgress(Progress.of(STEP));
    Deque<String> lastLines = new ArrayDeque<>();
    try {
      run(recipe, base, progress, lastLines);
    } catch (DockerException e) {
      removeUntagged(Map.of(ImageDefinition.STAGE_LABEL, "tools"));
      // Another process may have built it meanwhile, and removed what both were building on.
      if (!isCurrent(recipe)) {
        throw new UnavailableException(
            "Tried to build "
                + recipe.purpose()
                + " on "
                + PrintableText.printable(recipe.base(), 200)
                + " but failed because "
                + EngineFailure.reason(e)
                + " The build's last lines:\n  "
                + String.join("\n  ", lastLines)
                + "\n"
                + "If a package or an agent could not be downloaded, see that this machine reaches"
                + " its source, and set HTTPS_PROXY, SSL_CERT_FILE or the setting docker.apt-mirror"
                + " if it needs them; or give an image of your own.",
            e);
      }
    } finally {
      removeUntagged(Map.of(ImageDefinition.RECIPE_LABEL, recipe.hash()));
    }
  }

  private void run(
      ImageDefinition recipe,
      InspectImageResponse base,
      Progress.Listener progress,
      Deque<String> lastLines) {
    byte[] context = recipe.context(surroundings.certificates());
    network.ensure();
    StepProgress steps = new StepProgress(progress, lastLines);
    try (ResultStream<BuildResponseItem> stream = new ResultStream<>(steps::receive)) {
      engine.call(
          "build " + recipe.purpose(),
          client -> {
            BuildImageCmd build =
                client
                    .buildImageCmd(new ByteArrayInputStream(context))
                    .withTags(Set.of(recipe.tag()))
                    .withNetworkMode(BridgeNetwork.NAME)
                    .withRemove(true)
                    .withForcerm(true)
                    .withBuildArg("BASE", recipe.base())
                    .withBuildArg("BASE_ID", String.valueOf(base.getId()))
                    .withBuildArg("RECIPE", recipe.hash());
            recipe.arguments().forEach(build::withBuildArg);
            AptMirror.of(host, Path.of("/etc"))
                .ifPresent(mirror -> build.withBuildArg("APT_MIRROR", mirror));
            surroundings.proxies().forEach(build::withBuildArg);
            return build.exec(stream);
          });
      stream.await();
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("building " + recipe.purpose(), e);
    }
  }

  /** Removes the untagged images that a build left: a failed one, or its stages. */
  private void removeUntagged(Map<String, String> label) {
    engine.settle(
        "remove what the build left",
        client -> {
          List<Image> leftovers =
              client.listImagesCmd().withDanglingFilter(true).withLabelFilter(label).exec();
          leftovers.forEach(image -> removeUnused(client, image));
          return null;
        });
  }

  private static void removeUnused(DockerClient client, Image image) {
    try {
      client.removeImageCmd(image.getId()).exec();
    } catch (DockerException e) {
      LoggerFactory.getLogger(ImageBuilder.class)
          .debug("The image {} is still used", image.getId(), e);
    }
  }

  /** Shows each line of a build, and how many of its steps are done. */
  private static final class StepProgress {
    private final Progress.Listener progress;
    private final Deque<String> lastLines;
    private OptionalDouble fraction = OptionalDouble.empty();

    StepProgress(Progress.Listener progress, Deque<String> lastLines) {
      this.progress = progress;
      this.lastLines = lastLines;
    }

    void receive(BuildResponseItem item) {
      if (item.getStream() != null) {
        item.getStream()
            .lines()
            .map(line -> PrintableText.printable(line, 200))
            .filter(line -> !line.isEmpty() && !BOOKKEEPING.matcher(line).matches())
            .forEach(this::show);
      }
      Images.failOnError(item);
    }

    private void show(String line) {
      Matcher step = STEP_LINE.matcher(line);
      if (step.matches()) {
        double done = Double.parseDouble(step.group(1)) - 1;
        fraction = OptionalDouble.of(done / Double.parseDouble(step.group(2)));
      }
      synchronized (lastLines) {
        lastLines.add(line);
        if (lastLines.size() > LAST_LINES) {
          lastLines.remove();
        }
      }
      progress.onProgress(new Progress(STEP, line, fraction));
    }
  }
}
