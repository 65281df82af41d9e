package dev.dispense.docker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.model.Image;
import dev.dispense.Progress;
import dev.dispense.UnavailableException;
import dev.dispense.docker.TestHost;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.spi.Machine;
import dev.dispense.spi.Software;
import dev.dispense.testkit.RequiresDocker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@RequiresDocker
class DefaultImageIT {
  private final String unique = UUID.randomUUID().toString();
  private final List<String> tags = new ArrayList<>();
  private LiveEngine live;

  @BeforeEach
  void connect() {
    live = new LiveEngine();
  }

  @AfterEach
  void cleanUp() {
    live.close();
    try (LiveEngine cleaner = new LiveEngine()) {
      Set.copyOf(tags)
          .forEach(
              tag ->
                  cleaner.<Object>docker(
                      client -> client.removeImageCmd(tag).withForce(true).exec()));
    }
  }

  private Software software(String install) {
    return new Software(
        "greeter", "1", "greeter --version", install, Map.of("GREETING", "it's $HOME \"quoted\""));
  }

  private Software greeter() {
    return software(
        """
        set -eu
        # %s
        [ "$(id -u)" != 0 ] && touch "$HOME/cache"
        mkdir -p "$DISPENSE_SOFTWARE/bin"
        printf '#!/bin/sh\\ncat <<"END"\\n%%s\\nEND\\n' "$GREETING" >"$DISPENSE_SOFTWARE/bin/greeter"
        chmod +x "$DISPENSE_SOFTWARE/bin/greeter"
        """
            .formatted(unique));
  }

  @Test
  void softwareIsInstalledOnceAndFoundByItsName() {
    LiveEngine.Shape shape = LiveEngine.Shape.PLAIN.software(greeter());
    List<String> details = new CopyOnWriteArrayList<>();
    Machine first =
        live.provider.create(
            live.spec(live.name(), shape), progress -> details.add(progress.detail()));
    tags.add(first.image());
    try {
      assertThat(live.sh(first, "greeter; id -un; ls -d /dispense-build /tmp/dispense-home 2>&1"))
          .startsWith("it's $HOME \"quoted\"\nagent\n")
          .contains("'/dispense-build': No such file");
      assertThat(details).anyMatch(line -> line.startsWith("Step 1/"));
      details.clear();
    } finally {
      live.provider.delete(first.id());
    }
    Machine second =
        live.provider.create(
            live.spec(live.name(), shape), progress -> details.add(progress.detail()));
    live.provider.delete(second.id());

    assertThat(second.image()).isEqualTo(first.image()).startsWith("dispense/agent:");
    assertThat(details).noneMatch(line -> line.startsWith("Step"));
    assertThat(leftovers(greeter())).isEmpty();
  }

  @Test
  void clientsThatNeedItAtOnceBuildItOnce() throws Exception {
    LiveEngine.Shape shape = LiveEngine.Shape.PLAIN.software(greeter());
    List<String> begun = new CopyOnWriteArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<String>> images = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        images.add(threads.submit(() -> imageOf(shape, begun)));
      }
      for (Future<String> image : images) {
        tags.add(image.get());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(Set.copyOf(tags)).hasSize(1);
    assertThat(begun).hasSize(1);
    assertThat(leftovers(greeter())).isEmpty();
  }

  /** Creates a sandbox with a client of its own, and returns what it was made from. */
  private static String imageOf(LiveEngine.Shape shape, List<String> begun) {
    try (LiveEngine client = new LiveEngine()) {
      Machine machine =
          client.provider.create(
              client.spec(client.name(), shape),
              progress -> {
                if (progress.detail().startsWith("Step 1/")) {
                  begun.add(progress.detail());
                }
              });
      client.provider.delete(machine.id());
      return machine.image();
    }
  }

  @Test
  void aFailedInstallationIsShownAndLeavesNothing() {
    Software broken = software("echo " + unique + " the registry is down >&2; exit 3");
    LiveEngine.Shape shape = LiveEngine.Shape.PLAIN.software(broken);

    assertThatThrownBy(
            () -> live.provider.create(live.spec(live.name(), shape), Progress.Listener.NONE))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(unique + " the registry is down")
        .hasMessageContaining("returned a non-zero code: 3");
    assertThat(leftovers(broken)).isEmpty();
  }

  @Test
  void aMissingBaseIsNamedWithWhatToDo() {
    String base = "dispense.invalid/base:1";
    try (LiveEngine without = new LiveEngine(TestHost.withBase(base))) {
      assertThatThrownBy(without::create)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(base)
          .hasMessageContaining("docker pull")
          .hasMessageContaining("docker load")
          .hasMessageContaining("docker.base-image")
          .hasMessageContaining("scripts/base-image");
    }
  }

  @Test
  void rootStaysRootInTheDefaultImage() {
    Machine machine = live.create(LiveEngine.Shape.PLAIN.user(0, 0));

    assertThat(live.sh(machine, "id -un; touch /workspace/x && stat -c %U /workspace/x"))
        .isEqualTo("root\nroot");
  }

  /** The untagged images of one recipe: others may be building on the same engine. */
  private List<String> leftovers(Software software) {
    ImageRecipe recipe =
        new ImageRecipe(TestHost.BASE, List.of(software), 4711, 4712, Optional.empty(), false);
    return live
        .<List<Image>>docker(
            client ->
                client
                    .listImagesCmd()
                    .withDanglingFilter(true)
                    .withLabelFilter(Map.of(ImageRecipe.RECIPE_LABEL, recipe.hash()))
                    .exec())
        .stream()
        .map(Image::getId)
        .toList();
  }
}
