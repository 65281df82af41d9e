package dev.dispense.docker.engine;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;

/**
 * Makes each call on a connection of its own. One that is kept leads nowhere once the engine has
 * been started again, and docker-java does not see that of a Unix socket, where a new one costs
 * next to nothing.
 */
final class ConnectionPerRequest implements DockerHttpClient {
  private final DockerHttpClient client;

  /**
   * @param client makes the calls; it is closed with this
   */
  ConnectionPerRequest(DockerHttpClient client) {
    this.client = client;
  }

  @Override
  public Response execute(Request request) {
    return client.execute(Request.builder().from(request).putHeader("Connection", "close").build());
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
