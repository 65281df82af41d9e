package dev.dispense.testkit.unisolated;

import dev.dispense.DispenseException;
import dev.dispense.RefusedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What processes of the {@link UnisolatedProvider} see: variables, the search path, the user. */
final class UnisolatedEnvironment {
  private UnisolatedEnvironment() {}

  /** Returns the variables of a machine. */
  static Map<String, String> of(MachineDirectory machine, String searchPath) {
    return of(machine, searchPath, Map.of());
  }

  /** Returns the variables of one command: those of the machine, and on top of them its own. */
  static Map<String, String> of(
      MachineDirectory machine, String searchPath, Map<String, String> variables) {
    Map<String, String> all = new TreeMap<>();
    all.put("HOME", machine.layout().home());
    all.put("LANG", "C.UTF-8");
    all.put("PATH", searchPath);
    all.putAll(machine.environment());
    all.putAll(variables);
    all.put("PATH", softwareDirectories(machine) + all.get("PATH"));
    all.put(UnisolatedExec.MACHINE_VARIABLE, machine.id());
    return all;
  }

  /** Refuses to act as anybody but the owner of {@code path}, who is the user of the test. */
  static void refuseOtherUser(Path path, Optional<String> user) {
    try {
      Map<String, Object> owner = Files.readAttributes(path, "unix:uid,gid");
      String uid = String.valueOf(owner.get("uid"));
      String ids = uid + ":" + owner.get("gid");
      if (user.isPresent() && !user.get().equals(uid) && !user.get().equals(ids)) {
        throw new RefusedException(
            "The provider '"
                + UnisolatedProvider.ID
                + "' runs everything as the user "
                + ids
                + ", not as "
                + user.get()
                + ".");
      }
    } catch (IOException e) {
      throw new DispenseException("Tried to find out the owner of " + path + " but failed.", e);
    }
  }

  private static String softwareDirectories(MachineDirectory machine) {
    Path software = software(machine);
    if (!Files.isDirectory(software)) {
      return "";
    }
    StringBuilder path = new StringBuilder();
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(software)) {
      for (Path directory : directories) {
        path.append(directory.resolve("bin")).append(':');
      }
    } catch (IOException e) {
      throw new DispenseException("Tried to list " + software + " but failed.", e);
    }
    return path.toString();
  }

  private static Path software(MachineDirectory machine) {
    return Path.of(machine.layout().dispense(), "software");
  }
}
