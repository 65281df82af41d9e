package dev.dispense.docker.image;

import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.UnavailableException;
import dev.dispense.docker.engine.Engine;
import dev.dispense.docker.engine.EngineFailure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Finds images in the engine's store, and pulls those that are missing. */
public final class Images {
  private final Engine engine;

  public Images(Engine engine) {
    this.engine = engine;
  }

  /** Returns what is known of an image of the store. */
  public Optional<InspectImageResponse> find(String reference) {
    return engine.call(
        "look for the image " + shown(reference),
        client -> {
          try {
            return Optional.of(client.inspectImageCmd(reference).exec());
          } catch (NotFoundException e) {
            return Optional.empty();
          }
        });
  }

  /**
   * Returns an image, pulled when it is not in the store.
   *
   * @param advice what to do when it cannot be had; whole sentences
   */
  public InspectImageResponse ensure(String reference, String advice, Progress.Listener progress) {
    Optional<InspectImageResponse> image = find(reference);
    if (image.isPresent()) {
      return image.get();
    }
    pull(reference, advice, progress);
    return find(reference)
        .orElseThrow(() -> unavailable(reference, "the engine does not have it.", advice, null));
  }

  private void pull(String reference, String advice, Progress.Listener progress) {
    String step = "Pulling image " + shown(reference);
    progress.onProgress(Progress.of(step));
    Layers layers = new Layers();
    try (ResultStream<PullResponseItem> stream =
        new ResultStream<>(
            item -> {
              failOnError(item);
              progress.onProgress(layers.progress(step, item));
            })) {
      engine.call(
          "pull the image " + shown(reference),
          client -> {
            Reference parts = Reference.parse(reference);
            PullImageCmd pull = client.pullImageCmd(parts.repository());
            parts.tag().ifPresent(pull::withTag);
            return pull.exec(stream);
          });
      stream.await();
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("pulling the image " + shown(reference), e);
    } catch (DockerException e) {
      throw unavailable(reference, EngineFailure.reason(e), advice, e);
    }
  }

  /** Throws when an item of a stream reports that the engine's work failed. */
  static void failOnError(ResponseItem item) {
    ResponseItem.ErrorDetail detail = item.getErrorDetail();
    if (detail != null) {
      throw new DockerException(String.valueOf(detail.getMessage()), 500);
    }
  }

  private static UnavailableException unavailable(
      String reference,
      String why,
      String advice,
      @org.jspecify.annotations.Nullable Exception cause) {
    return new UnavailableException(
        "Tried to pull the image " + shown(reference) + " but failed because " + why + " " + advice,
        cause);
  }

  private static String shown(String reference) {
    return PrintableText.printable(reference, 200);
  }

  /**
   * A reference to an image, taken apart for a pull: without a tag, all tags would be pulled.
   *
   * @param tag absent when the reference has a digest
   */
  public record Reference(String repository, Optional<String> tag) {
    public static Reference parse(String reference) {
      if (reference.contains("@")) {
        return new Reference(reference, Optional.empty());
      }
      int colon = reference.lastIndexOf(':');
      return colon > reference.lastIndexOf('/')
          ? new Reference(
              reference.substring(0, colon), Optional.of(reference.substring(colon + 1)))
          : new Reference(reference, Optional.of("latest"));
    }
  }

  /** What is pulled of each layer. */
  private static final class Layers {
    private final Map<String, ResponseItem.ProgressDetail> details = new HashMap<>();

    Progress progress(String step, PullResponseItem item) {
      String id = item.getId() == null ? "" : item.getId() + ": ";
      ResponseItem.ProgressDetail detail = item.getProgressDetail();
      if (detail != null && detail.getTotal() != null && "Downloading".equals(item.getStatus())) {
        details.put(id, detail);
      }
      return new Progress(step, id + item.getStatus(), fraction());
    }

    private OptionalDouble fraction() {
      long total = 0;
      long current = 0;
      for (ResponseItem.ProgressDetail detail : details.values()) {
        total += detail.getTotal() == null ? 0 : detail.getTotal();
        current += detail.getCurrent() == null ? 0 : detail.getCurrent();
      }
      return total == 0
          ? OptionalDouble.empty()
          : OptionalDouble.of(Math.min(1, (double) current / total));
    }
  }
}
