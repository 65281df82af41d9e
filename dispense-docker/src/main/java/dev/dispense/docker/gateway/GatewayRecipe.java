package dev.dispense.docker.gateway;

import dev.dispense.docker.host.OwnedTar;
import dev.dispense.docker.host.Owner;
import dev.dispense.docker.host.Scripts;
import dev.dispense.docker.image.ImageDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that decides what is in the image of the gateway.
 *
 * @param base the image that it is built on
 */
public record GatewayRecipe(String base) implements ImageDefinition {
  private static final String PLACE = "gateway/";
  private static final List<String> OWN =
      List.of(
          "packages.sh",
          "limit.sh",
          "main.sh",
          "rotate.sh",
          "apply.sh",
          "exits.sh",
          "allowed.sh",
          "nginx.conf",
          "squid.conf");
  private static final String SHARED = "apt-install.sh";

  @Override
  public String purpose() {
    return "the gateway's image";
  }

  @Override
  public String tag() {
    return "dispense/gateway:" + hash();
  }

  @Override
  public String hash() {
    List<String> parts = new ArrayList<>(List.of(base, dockerfile(), Scripts.read(SHARED)));
    OWN.forEach(script -> parts.add(Scripts.read(PLACE + script)));
    return ImageDefinition.hash(parts);
  }

  @Override
  public Map<String, String> arguments() {
    return Map.of();
  }

  private static String dockerfile() {
    return Scripts.read(PLACE + "Dockerfile");
  }

  /** {@inheritDoc} Nothing in it needs further authorities. */
  @Override
  public byte[] context(Optional<byte[]> certificates) {
    try (OwnedTar tar = new OwnedTar(new Owner(0, 0))) {
      tar.file("/Dockerfile", dockerfile().getBytes(StandardCharsets.UTF_8));
      tar.directory("/scripts");
      add(tar, SHARED, SHARED);
      for (String script : OWN) {
        add(tar, script, PLACE + script);
      }
      return tar.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(OwnedTar tar, String name, String resource) throws IOException {
    tar.file("/scripts/" + name, Scripts.read(resource).getBytes(StandardCharsets.UTF_8));
  }
}
