package dev.dispense.docker.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.docker.host.Layout;
import dev.dispense.docker.host.OwnedTar;
import dev.dispense.docker.host.Owner;
import dev.dispense.docker.host.Scripts;
import dev.dispense.spi.Software;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything that decides what is in a default image.
 *
 * @param base the image that it is built on
 * @param software what is installed in it
 * @param uid the sandbox's user
 * @param gid the sandbox's group
 * @param npmRegistry where npm packages come from, if not from npm's own registry
 * @param certificates whether the build trusts further certificate authorities
 */
record ImageRecipe(
    String base,
    List<Software> software,
    int uid,
    int gid,
    Optional<String> npmRegistry,
    boolean certificates)
    implements ImageDefinition {
  private static final String DOCKERFILE = Scripts.read("Dockerfile");
  private static final List<String> SCRIPTS = List.of("packages.sh", "apt-install.sh", "user.sh");
  private static final String INSTALLS = "# INSTALL SOFTWARE";
  private static final String CERTIFICATES = "/dispense-build/ca-certificates.crt";

  ImageRecipe {
    software = List.copyOf(software);
    for (Software it : software) {
      if (!it.id().matches("[a-z0-9][a-z0-9._-]{0,63}")) {
        throw new RefusedException(
            "Refused to build an image with the software '"
                + PrintableText.printable(it.id(), 80)
                + "' because its id is not made of lower-case letters, digits, '.', '_' and '-'.");
      }
    }
  }

  @Override
  public String purpose() {
    return "the sandboxes' image";
  }

  @Override
  public String tag() {
    return "dispense/agent:" + hash();
  }

  @Override
  public String hash() {
    return ImageDefinition.hash(parts());
  }

  @Override
  public Map<String, String> arguments() {
    return Map.of("SANDBOX_UID", Integer.toString(uid), "SANDBOX_GID", Integer.toString(gid));
  }

  private List<String> parts() {
    List<String> parts = new ArrayList<>();
    parts.add(DOCKERFILE);
    SCRIPTS.forEach(script -> parts.add(Scripts.read(script)));
    parts.add(base);
    parts.add(uid + ":" + gid);
    for (Software it : software) {
      parts.add(it.id());
      parts.add(it.version());
      parts.add(it.check());
      parts.add(it.install());
      parts.add(new TreeMap<>(it.environment()).toString());
    }
    return parts;
  }

  /** Returns the Dockerfile, with one instruction for each piece of software. */
  String dockerfile() {
    StringBuilder installs = new StringBuilder();
    for (Software it : software) {
      installs.append("RUN ").append(json(List.of("mkdir", "-p", home(it)))).append('\n');
      installs.append("RUN ").append(json(installation(it))).append('\n');
    }
    return DOCKERFILE.replace(INSTALLS, installs.toString().strip());
  }

  /** Returns an argument list: no shell sees the values that an agent's author or a user chose. */
  private List<String> installation(Software it) {
    Map<String, String> environment = new TreeMap<>(it.environment());
    if (certificates) {
      environment.putAll(HostEnvironment.trusting(CERTIFICATES));
    }
    npmRegistry.ifPresent(url -> environment.put("npm_config_registry", url));
    environment.put("DISPENSE_SOFTWARE", home(it));
    List<String> argv = new ArrayList<>();
    argv.add("env");
    environment.forEach((name, value) -> argv.add(name + "=" + value));
    argv.addAll(List.of("sh", "/dispense-build/" + it.id() + ".sh"));
    return argv;
  }

  private static String home(Software it) {
    return Layout.builtIn(it);
  }

  private static String json(List<String> argv) {
    try {
      return new ObjectMapper().writeValueAsString(argv);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings can always be written as JSON", e);
    }
  }

  /** {@inheritDoc} The bundle of authorities stays in the build's first stages. */
  @Override
  public byte[] context(Optional<byte[]> bundle) {
    try (OwnedTar tar = new OwnedTar(new Owner(0, 0))) {
      tar.file("/Dockerfile", dockerfile().getBytes(StandardCharsets.UTF_8));
      tar.directory("/scripts");
      for (String script : SCRIPTS) {
        tar.file("/scripts/" + script, Scripts.read(script).getBytes(StandardCharsets.UTF_8));
      }
      tar.directory("/software");
      for (Software it : software) {
        tar.file("/software/" + it.id() + ".sh", it.install().getBytes(StandardCharsets.UTF_8));
      }
      if (bundle.isPresent()) {
        tar.file("/software/ca-certificates.crt", bundle.get());
      }
      return tar.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
