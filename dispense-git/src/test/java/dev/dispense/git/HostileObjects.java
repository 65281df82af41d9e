package dev.dispense.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;

/** Objects that are made byte by byte, as no git would write them, and the result that has them. */
final class HostileObjects {
  private final ObjectInserter.Formatter formatter = new ObjectInserter.Formatter();
  private final HostilePack pack = new HostilePack();
  private final ObjectChecker checker =
      new ObjectChecker().setSafeForWindows(true).setSafeForMacOS(true);
  private final List<String> complaints = new ArrayList<>();
  private final ObjectId base;

  /** Starts without an object, on the commit that the agent was given. */
  HostileObjects(ObjectId base) {
    this.base = base;
  }

  ObjectId blob(String content) {
    return add(Constants.OBJ_BLOB, content.getBytes(UTF_8));
  }

  /** Adds a tree with entries in the order in which they are given. */
  ObjectId tree(byte[]... entries) {
    ByteArrayOutputStream tree = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      tree.writeBytes(entry);
    }
    return add(Constants.OBJ_TREE, tree.toByteArray());
  }

  /** Returns an entry of a tree; nothing of it is checked. */
  static byte[] entry(String mode, String name, ObjectId id) {
    byte[] raw = new byte[Constants.OBJECT_ID_LENGTH];
    id.copyRawTo(raw, 0);
    return HostilePack.joined((mode + " " + name + "\0").getBytes(UTF_8), raw);
  }

  /** Adds a commit with a tree that has only this entry. */
  ObjectId commitOf(String mode, String name, ObjectId id) {
    return commit(tree(entry(mode, name, id)));
  }

  /** Adds a commit on top of the base. */
  ObjectId commit(ObjectId tree) {
    return commit("tree " + tree.name(), "parent " + base.name(), WRITTEN, "", "Change");
  }

  static final String WRITTEN =
      "author Eve <eve@example.com> 1800000000 +0000\n"
          + "committer Eve <eve@example.com> 1800000000 +0000";

  /** Adds a commit of these lines. */
  ObjectId commit(String... lines) {
    return add(Constants.OBJ_COMMIT, (String.join("\n", lines) + "\n").getBytes(ISO_8859_1));
  }

  ObjectId add(int type, byte[] content) {
    pack.object(type, content);
    ObjectId id = formatter.idFor(type, content);
    try {
      checker.check(id, type, content);
    } catch (CorruptObjectException e) {
      complaints.add(e.getMessage());
    }
    return id;
  }

  /** Returns what JGit finds wrong with the objects one by one. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  /** Returns the id that an object would have. */
  ObjectId idOf(int type, byte[] content) {
    return formatter.idFor(type, content);
  }

  /** Returns the pack, to which more can be added. */
  HostilePack pack() {
    return pack;
  }

  /** Returns the result that says that {@code work} is all that the agent did. */
  byte[] result(ObjectId work) {
    return result(work, pack.bytes());
  }

  byte[] result(ObjectId work, byte[] packed) {
    String id = work.name();
    String header =
        ("dispense-result 1 " + id + " " + id + "\n")
            + ("# v2 git bundle\n-" + base.name() + "\n")
            + (id + " refs/dispense/head\n" + id + " refs/dispense/work\n\n");
    return HostilePack.joined(header.getBytes(UTF_8), packed);
  }
}
