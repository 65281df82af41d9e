package dev.dispense.git.repository;

import dev.dispense.DispenseException;
import dev.dispense.spi.Mount;
import dev.dispense.spi.SandboxLayout;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directories in which the objects of a repository are, and where the sandbox sees them: a
 * repository may borrow from the stores of others, which may borrow in turn (gitrepository-layout,
 * {@code objects/info/alternates}).
 */
public final class ObjectStores {
  private final SandboxLayout layout;
  private final Map<Path, Mount> mounts = new LinkedHashMap<>();

  private ObjectStores(SandboxLayout layout) {
    this.layout = layout;
  }

  /** Finds the store at {@code objects} and all that it borrows from. */
  public static ObjectStores of(Path objects, SandboxLayout layout) {
    ObjectStores stores = new ObjectStores(layout);
    try {
      stores.add(objects.toRealPath());
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to find the objects of the repository but failed because "
              + DispenseException.reason(e)
              + ".",
          e);
    }
    return stores;
  }

  public List<Mount> mounts() {
    return List.copyOf(mounts.values());
  }

  /** Returns where the stores are in the sandbox. */
  public List<String> paths() {
    return mounts.values().stream().map(Mount::path).toList();
  }

  /** Returns the content of an {@code objects/info/alternates} file that names {@code paths}. */
  public static String alternates(List<String> paths) {
    StringBuilder text = new StringBuilder();
    for (String path : paths) {
      boolean plain = !path.startsWith("\"") && !path.startsWith("#") && path.indexOf('\n') < 0;
      text.append(plain ? path : quoted(path)).append('\n');
    }
    return text.toString();
  }

  private void add(Path store) throws IOException {
    if (mounts.containsKey(store) || !Files.isDirectory(store)) {
      return;
    }
    mounts.put(store, new Mount(store.toRealPath(), place(store.toString()), true));
    Path alternates = store.resolve("info/alternates");
    if (Files.isRegularFile(alternates)) {
      for (String line : Files.readString(alternates, StandardCharsets.UTF_8).split("\n", -1)) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          String path = line.startsWith("\"") ? unquoted(line) : line;
          add(store.resolve(path).normalize());
        }
      }
    }
  }

  // At its own path a store's own alternates file holds in the sandbox too. Below a directory of
  // the sandbox that would hide it, or put directories of root into the home of its user.
  private String place(String path) {
    for (String taken :
        List.of(layout.workspace(), layout.dispense(), layout.home(), layout.secrets())) {
      if (path.equals(taken) || path.startsWith(taken + "/") || taken.startsWith(path + "/")) {
        return layout.dispense() + "/objects/" + mounts.size();
      }
    }
    return path;
  }

  private static String quoted(String path) {
    return '"' + path.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  /** Undoes git's quoting of names in C style. */
  static String unquoted(String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int[] characters = line.codePoints().toArray();
    for (int i = 1; i < characters.length && characters[i] != '"'; i++) {
      int c = characters[i];
      if (c != '\\' || i + 1 == characters.length) {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int escaped = characters[++i];
      if (escaped >= '0' && escaped <= '3' && i + 2 < characters.length) {
        bytes.write(Integer.parseInt(new String(characters, i, 3), 8));
        i += 2;
      } else {
        int control = "abtnvfr".indexOf(escaped);
        bytes.write(control < 0 ? escaped : 7 + control);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
