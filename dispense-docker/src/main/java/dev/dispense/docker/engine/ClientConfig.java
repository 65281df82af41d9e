package dev.dispense.docker.engine;

import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerConfigFile;
import com.github.dockerjava.core.NameParser;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.core.SSLConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What docker-java is told. Its own configuration reads the process's environment and system
 * properties, and a file in the home directory, which would be a second way to find an engine.
 */
final class ClientConfig implements DockerClientConfig {
  private final URI address;
  private final RemoteApiVersion version;
  private final Path configDirectory;

  ClientConfig(URI address, RemoteApiVersion version, Path configDirectory) {
    this.address = address;
    this.version = version;
    this.configDirectory = configDirectory;
  }

  @Override
  public URI getDockerHost() {
    return address;
  }

  @Override
  public RemoteApiVersion getApiVersion() {
    return version;
  }

  @Override
  public @Nullable String getRegistryUsername() {
    return null;
  }

  @Override
  public @Nullable String getRegistryPassword() {
    return null;
  }

  @Override
  public @Nullable String getRegistryEmail() {
    return null;
  }

  @Override
  public @Nullable String getRegistryUrl() {
    return null;
  }

  /** Returns the login that the docker command stored in its configuration file, if any. */
  @Override
  public @Nullable AuthConfig effectiveAuthConfig(String imageName) {
    try {
      DockerConfigFile file =
          DockerConfigFile.loadConfig(getObjectMapper(), configDirectory.toString());
      String repository = NameParser.parseRepositoryTag(imageName).repos;
      return file.resolveAuthConfig(NameParser.resolveRepositoryName(repository).hostname);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Returns none: images are built on what is there already. */
  @Override
  public AuthConfigurations getAuthConfigurations() {
    return new AuthConfigurations();
  }

  /** Returns none: the HTTP client has been told already. */
  @Override
  @SuppressWarnings("deprecation")
  public @Nullable SSLConfig getSSLConfig() {
    return null;
  }
}
