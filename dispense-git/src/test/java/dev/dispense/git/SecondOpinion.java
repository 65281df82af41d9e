package dev.dispense.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.util.FS;
import org.eclipse.jgit.util.SystemReader;

/** What JGit, which shares no code with native git, finds in a repository. */
final class SecondOpinion implements AutoCloseable {
  private final Repository repository;

  static {
    SystemReader.setInstance(new OfNobody(SystemReader.getInstance()));
    // It would go on in a directory that the test has deleted.
    FS.FileStoreAttributes.setBackground(false);
  }

  SecondOpinion(Path directory) {
    try {
      this.repository =
          new FileRepositoryBuilder().setWorkTree(directory.toFile()).setMustExist(true).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the directory that it looks at. */
  Path directory() {
    return repository.getWorkTree().toPath();
  }

  ObjectId resolve(String revision) {
    return get(
        () -> {
          ObjectId id = repository.resolve(revision);
          if (id == null) {
            throw new IOException("There is no " + revision + ".");
          }
          return id;
        });
  }

  boolean isAncestor(String ancestor, String descendant) {
    return get(
        () -> {
          try (RevWalk walk = new RevWalk(repository)) {
            return walk.isMergedInto(
                walk.parseCommit(resolve(ancestor)), walk.parseCommit(resolve(descendant)));
          }
        });
  }

  /** Reads all that revisions reach, checks each object, and returns their ids. */
  Set<String> checkedObjects(String... revisions) {
    return get(
        () -> {
          Set<String> ids = new TreeSet<>();
          try (ObjectWalk walk = new ObjectWalk(repository)) {
            for (String revision : revisions) {
              walk.markStart(walk.parseCommit(resolve(revision)));
            }
            ObjectChecker checker = new ObjectChecker();
            for (RevObject commit = walk.next(); commit != null; commit = walk.next()) {
              ids.add(checked(checker, commit));
            }
            for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
              ids.add(checked(checker, object));
            }
          }
          return ids;
        });
  }

  private String checked(ObjectChecker checker, RevObject object) throws IOException {
    ObjectLoader loader = repository.open(object, object.getType());
    checker.check(object, object.getType(), loader.getCachedBytes());
    return object.name();
  }

  /** Returns the files of a revision as {@code git ls-tree} does: by path, mode and object. */
  Map<String, String> files(String revision) {
    return get(
        () -> {
          Map<String, String> files = new TreeMap<>();
          try (RevWalk walk = new RevWalk(repository);
              TreeWalk tree = new TreeWalk(repository)) {
            tree.addTree(walk.parseCommit(resolve(revision)).getTree());
            tree.setRecursive(true);
            while (tree.next()) {
              String name = new String(tree.getRawPath(), ISO_8859_1);
              files.put(name, tree.getFileMode() + " " + tree.getObjectId(0).name());
            }
          }
          return files;
        });
  }

  byte[] content(String id) {
    return get(() -> repository.open(ObjectId.fromString(id)).getCachedBytes());
  }

  @Override
  public void close() {
    repository.close();
  }

  private interface Step<T> {
    T get() throws IOException;
  }

  private static <T> T get(Step<T> step) {
    try {
      return step.get();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has no configuration but the repository's own, and writes none. */
  private static final class OfNobody extends SystemReader.Delegate {
    OfNobody(SystemReader system) {
      super(system);
    }

    @Override
    public FileBasedConfig openUserConfig(Config parent, FS fileSystem) {
      return new Nothing(parent, fileSystem);
    }

    @Override
    public FileBasedConfig openSystemConfig(Config parent, FS fileSystem) {
      return new Nothing(parent, fileSystem);
    }

    @Override
    public FileBasedConfig openJGitConfig(Config parent, FS fileSystem) {
      Nothing config = new Nothing(parent, fileSystem);
      // JGit would write files for three seconds to find out how exact the times of files are.
      String key =
          "%s|%s|%s".formatted(getProperty("java.vendor"), getProperty("java.version"), store());
      config.setString("filesystem", key, "timestampResolution", "10 milliseconds");
      config.setString("filesystem", key, "minRacyThreshold", "10 milliseconds");
      return config;
    }

    private String store() {
      return get(() -> Files.getFileStore(Path.of(getProperty("java.io.tmpdir"))).name());
    }
  }

  private static final class Nothing extends FileBasedConfig {
    Nothing(Config parent, FS fileSystem) {
      super(parent, null, fileSystem);
    }

    @Override
    public void load() {}

    @Override
    public void save() {}

    @Override
    public boolean isOutdated() {
      return false;
    }
  }
}
