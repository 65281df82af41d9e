package dev.dispense.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import java.time.Duration;

/** Removes containers with their files, and waits when somebody else is removing them already. */
public final class ContainerRemoval {
  private static final String DOING = "delete the sandbox";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private final Engine engine;

  public ContainerRemoval(Engine engine) {
    this.engine = engine;
  }

  /** Removes a container, running or not; does nothing when there is none. */
  public void remove(String id) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!engine.settle(DOING, client -> removeOnce(client, id))) {
      if (System.nanoTime() > end) {
        throw new DispenseException(
            "Tried to delete the sandbox but failed because the engine is removing its container"
                + " and does not finish. See 'docker inspect "
                + PrintableText.printable(id, 80)
                + "'.");
      }
      pause();
    }
  }

  private static boolean removeOnce(DockerClient client, String id) {
    try {
      client.removeContainerCmd(id).withForce(true).withRemoveVolumes(true).exec();
      return true;
    } catch (NotFoundException e) {
      return true;
    } catch (ConflictException e) {
      return false;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw DispenseException.interrupted("deleting the sandbox", e);
    }
  }
}
