package dev.dispense.cli.ssh;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NotFoundException;
import dev.dispense.Sandbox;
import dev.dispense.SandboxInfo;
import dev.dispense.cli.session.Session;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes sandboxes that are gone out of the configuration of ssh. */
public final class SavedHosts {
  private static final Logger log = LoggerFactory.getLogger(SavedHosts.class);

  private SavedHosts() {}

  /**
   * Returns what is to be done when a sandbox has been deleted; asked for before, as afterwards
   * nobody knows any more which one it was.
   */
  public static Runnable forgetting(Environment host, Sandbox sandbox) {
    String name = sandbox.name().value();
    SshDirectory directory = new SshDirectory(host);
    if (directory.entry(name).isEmpty()) {
      return () -> {};
    }
    SandboxInfo info = sandbox.info();
    return () -> directory.forget(name, info.provider(), info.id());
  }

  /** Removes all whose sandbox is not there any more; where nobody can be asked, they stay. */
  public static void forgetThoseGone(Session session) {
    SshDirectory directory = new SshDirectory(session.host());
    for (SshEntry entry : directory.entries()) {
      if (isGone(session, entry)) {
        directory.forget(entry.name(), entry.provider(), Optional.of(entry.id()));
        session
            .out()
            .line("Removed the configuration of ssh for '%s': it is gone.".formatted(entry.name()));
      }
    }
  }

  private static boolean isGone(Session session, SshEntry entry) {
    try (Sandbox found = session.dispense().sandbox(entry.name(), Set.of(entry.provider()))) {
      SandboxInfo info = found.info();
      return !info.provider().equals(entry.provider())
          || info.id().filter(entry.id()::equals).isEmpty();
    } catch (NotFoundException e) {
      return true;
    } catch (DispenseException e) {
      log.debug("It is not known whether '{}' is still there", entry.name(), e);
      return false;
    }
  }
}
