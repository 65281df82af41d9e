package dev.dispense;

import java.util.List;

/**
 * Single files of a sandbox; for whole directories there are {@link Sandbox#upload} and {@link
 * Sandbox#download}. Got from {@link Sandbox#files()}; holds nothing, and each call asks anew. Safe
 * for use by several threads.
 *
 * <p>A path is absolute, or relative to the {@linkplain Sandbox#workspace() workspace}. What is
 * read was made by whoever works in the sandbox, and is not to be trusted.
 *
 * <p>Each method throws {@link IllegalArgumentException} for a path that is empty or has a NUL, and
 * {@link DispenseException} when the sandbox's user may not do it, or its disk is full.
 */
public interface SandboxFiles {
  /**
   * Returns the bytes of a file, of up to 64 MiB.
   *
   * @throws NotFoundException when there is none
   * @throws RefusedException when it is a directory, a pipe, a socket or a device
   */
  byte[] read(String path);

  /**
   * Returns a file as text, decoded as UTF-8; as {@link #read(String)} otherwise.
   *
   * @throws NotFoundException when there is none
   * @throws RefusedException when it is a directory, a pipe, a socket or a device
   */
  String readText(String path);

  /**
   * Writes a file; directories that are missing are made. One that is there keeps its permissions
   * and gets the new content; when that fails half-way, it may have a part of it.
   *
   * @throws RefusedException when it is a directory, a pipe, a socket or a device
   */
  void write(String path, byte[] content);

  /**
   * Writes a text, as UTF-8; as {@link #write(String, byte[])} otherwise.
   *
   * @throws RefusedException when it is a directory, a pipe, a socket or a device
   */
  void writeText(String path, String text);

  /**
   * Returns the names of what is in a directory, in the order of their characters; those of
   * directories end with {@code /}. What is not UTF-8 in a name is replaced.
   *
   * @throws NotFoundException when there is no such directory
   * @throws RefusedException when it is none
   */
  List<String> list(String directory);

  /** Returns whether there is something of that path, be it a link that leads nowhere. */
  boolean exists(String path);

  /**
   * Deletes a file, or a directory with all that is in it; does nothing when there is none. Links
   * are not followed.
   *
   * @throws RefusedException when it is the workspace, or what the workspace is in
   */
  void delete(String path);
}
