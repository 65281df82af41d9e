package dev.dispense.git;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;

/**
 * A pack that is written byte by byte (gitformat-pack, "pack-*.pack files have the following
 * format"), so that each part of it can be wrong.
 */
final class HostilePack {
  private static final int HEADER_LENGTH = 12;

  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private int count;

  /** Adds an object whole. */
  HostilePack object(int type, byte[] content) {
    return entry(type, content.length, new byte[0], deflated(content));
  }

  /** Adds what a delta makes of another object. */
  HostilePack delta(ObjectId base, byte[] delta) {
    byte[] id = new byte[Constants.OBJECT_ID_LENGTH];
    base.copyRawTo(id, 0);
    return entry(Constants.OBJ_REF_DELTA, delta.length, id, deflated(delta));
  }

  /** Adds what a delta makes of the object that starts {@code distance} bytes before. */
  HostilePack offsetDelta(int distance, byte[] delta) {
    if (distance < 0 || distance > 127) {
      throw new IllegalArgumentException("A distance of " + distance + " takes more than a byte.");
    }
    return entry(
        Constants.OBJ_OFS_DELTA, delta.length, new byte[] {(byte) distance}, deflated(delta));
  }

  /** Adds an entry of any kind. */
  HostilePack entry(int type, long size, byte[] base, byte[] compressed) {
    count++;
    long rest = size >>> 4;
    entries.write((int) ((type << 4) | (size & 15) | (rest > 0 ? 0x80 : 0)));
    while (rest > 0) {
      entries.write((int) ((rest & 127) | (rest > 127 ? 0x80 : 0)));
      rest >>>= 7;
    }
    entries.writeBytes(base);
    entries.writeBytes(compressed);
    return this;
  }

  /** Returns the pack as it ought to be. */
  byte[] bytes() {
    return bytes("PACK", 2, count);
  }

  /** Returns the pack with a header that says something else. */
  byte[] bytes(String signature, int version, int objects) {
    ByteBuffer pack = ByteBuffer.allocate(HEADER_LENGTH + entries.size());
    pack.put(signature.getBytes(US_ASCII)).putInt(version).putInt(objects);
    pack.put(entries.toByteArray());
    return joined(pack.array(), sha1(pack.array()));
  }

  /** Returns a delta for a base of {@code baseSize} bytes that makes {@code content} of it. */
  static byte[] insertion(int baseSize, byte[] content) {
    if (content.length == 0 || content.length > 127) {
      throw new IllegalArgumentException("Only 1 to 127 bytes are inserted.");
    }
    return joined(
        length(baseSize),
        joined(length(content.length), joined(new byte[] {(byte) content.length}, content)));
  }

  /** Returns a number as deltas have it, the lowest seven bits first. */
  static byte[] length(long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long rest = value;
    while (rest > 127) {
      bytes.write((int) ((rest & 127) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
    return bytes.toByteArray();
  }

  static byte[] deflated(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_COMPRESSION))) {
      out.write(content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
