package dev.dispense.core.state;

import dev.dispense.DispenseException;
import dev.dispense.SandboxName;
import dev.dispense.support.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The sandboxes that were prepared beforehand on this machine, each a directory like that of any
 * other sandbox. Two files say what becomes of it: {@code ready}, which holds the id of its
 * machine, is renamed to {@code taken} by whoever takes it, and so by one only.
 *
 * <p>The name of each begins with the fingerprint of what it can be taken for.
 */
public final class SandboxPool {
  private static final String PREFIX = "prepared-";
  private static final String READY = "ready";
  private static final String TAKEN = "taken";
  private static final Pattern RESERVED = Pattern.compile(PREFIX + "[0-9a-f]{12}-[0-9a-f]{8}");

  private final StateDirectory sandboxes;
  private final StateDirectory state;

  public SandboxPool(StateDirectory sandboxes) {
    this.sandboxes = sandboxes;
    this.state = sandboxes.prepared();
  }

  /**
   * One that was taken.
   *
   * @param name the name that it was prepared under
   * @param machineId the id of its machine
   */
  public record Entry(SandboxName name, String machineId) {}

  /** Whether only sandboxes that are prepared have names like this. */
  public static boolean isReserved(SandboxName name) {
    return RESERVED.matcher(name.value()).matches();
  }

  public static SandboxName newName(String fingerprint) {
    return new SandboxName(
        PREFIX + fingerprint + "-" + UUID.randomUUID().toString().substring(0, 8));
  }

  public StateDirectory state() {
    return state;
  }

  /** Says that one can be taken from now on. */
  public void offer(Entry entry) {
    write(entry.name(), READY, entry.machineId());
  }

  /** Takes one, so that nobody else does. */
  public Optional<Entry> take(String fingerprint) {
    return names(fingerprint).stream().map(this::take).flatMap(Optional::stream).findFirst();
  }

  /** Takes that one, unless somebody else was faster. */
  public Optional<Entry> take(SandboxName name) {
    Path ready = state.of(name).resolve(READY);
    try {
      String machineId = Files.readString(ready);
      Files.move(ready, state.of(name).resolve(TAKEN), StandardCopyOption.ATOMIC_MOVE);
      return Optional.of(new Entry(name, machineId));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new DispenseException("Tried to take " + ready + " but failed because " + e, e);
    }
  }

  /** Returns how many can be taken, now or when they are done. */
  public int count(String fingerprint) {
    return (int) names(fingerprint).stream().filter(name -> isReady(name) || isMade(name)).count();
  }

  /** Returns those that wait to be taken. */
  public List<SandboxName> ready() {
    return names("").stream().filter(this::isReady).toList();
  }

  /** Returns those that nobody can take any more and nobody has taken: a process was killed. */
  public List<SandboxName> abandoned() {
    return names("").stream()
        .filter(name -> !isReady(name) && !isMade(name) && !isInUse(name))
        .toList();
  }

  /** Returns what is recorded of one; empty when it is gone. */
  public Optional<SandboxFile> file(SandboxName name) {
    return state.read(name).map(SandboxFile::new);
  }

  private List<SandboxName> names(String fingerprint) {
    return state.names().stream()
        .filter(name -> isReserved(name) && name.value().startsWith(PREFIX + fingerprint))
        .toList();
  }

  private boolean isReady(SandboxName name) {
    return Files.exists(state.of(name).resolve(READY));
  }

  private boolean isMade(SandboxName name) {
    return file(name).filter(SandboxFile::isCreatorAlive).isPresent();
  }

  private boolean isInUse(SandboxName name) {
    for (SandboxName sandbox : sandboxes.names()) {
      Map<String, String> values = sandboxes.read(sandbox).orElse(Map.of());
      SandboxFile file = new SandboxFile(values);
      SandboxRecord record = SandboxRecord.of(sandbox, file.labels());
      // One that is being created may have taken it and not yet written so.
      if (record.preparedAs().filter(name::equals).isPresent() || file.isCreatorAlive()) {
        return true;
      }
    }
    return false;
  }

  private void write(SandboxName name, String file, String content) {
    Path target = state.of(name).resolve(file);
    try {
      WholeFile.write(target, content);
    } catch (IOException e) {
      throw new DispenseException("Tried to write " + target + " but failed because " + e, e);
    }
  }
}
