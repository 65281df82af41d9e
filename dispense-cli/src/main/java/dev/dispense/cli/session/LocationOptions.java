package dev.dispense.cli.session;

import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which side is meant: this machine, or the cloud. */
public final class LocationOptions {
  @Option(names = "--local", description = "Means those on this machine rather than others.")
  private boolean local;

  @Option(names = "--remote", description = "Means those in the cloud rather than others.")
  private boolean remote;

  /** Returns a handle; where the name exists on both sides and neither is meant, the local one. */
  public Sandbox sandbox(Session session, String nameOrId) {
    return session.sandbox(nameOrId, local == remote ? Set.of() : providers(session));
  }

  public boolean isOneSide() {
    return local != remote;
  }

  boolean isRemote() {
    return isOneSide() && remote;
  }

  /** Returns the ids of the providers of the side that is meant, of both if none is. */
  public Set<String> providers(Session session) {
    Set<String> providers = new LinkedHashSet<>(session.dispense().providers());
    providers.removeIf(id -> isOneSide() && isRemote(id) != remote);
    return providers;
  }

  static boolean isRemote(SandboxInfo info) {
    return isRemote(info.provider());
  }

  private static boolean isRemote(String provider) {
    return provider.equals(SandboxOptions.REMOTE_PROVIDER);
  }
}
