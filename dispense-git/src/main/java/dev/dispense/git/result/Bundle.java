package dev.dispense.git.result;

import dev.dispense.CommitId;
import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.RefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A git bundle that is not to be trusted, and what its header says (gitformat-bundle). The pack in
 * it is read by {@code git index-pack} only: {@code git fetch} does not check the objects of a
 * bundle before version 2.46, whatever {@code transfer.fsckObjects} says.
 *
 * @param file where it is
 * @param packOffset where the pack starts in it
 * @param refs the commits in it, by ref
 * @param prerequisites the commits that it builds on
 */
public record Bundle(
    Path file, long packOffset, Map<String, CommitId> refs, List<CommitId> prerequisites) {
  private static final int HEADER_LIMIT = 1 << 20;

  /**
   * Reads the header.
   *
   * @throws RefusedException when it is not that of a bundle in {@code objectFormat}
   */
  public static Bundle read(Path file, String objectFormat) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Header header = new Header(in);
      String version = header.line();
      if (!version.equals("# v2 git bundle") && !version.equals("# v3 git bundle")) {
        throw refused("it is not a git bundle");
      }
      String format = "sha1";
      Map<String, CommitId> refs = new LinkedHashMap<>();
      List<CommitId> prerequisites = new ArrayList<>();
      for (String line = header.line(); !line.isEmpty(); line = header.line()) {
        if (line.startsWith("@object-format=")) {
          format = line.substring("@object-format=".length());
        } else if (line.startsWith("@")) {
          throw refused("it asks for '" + PrintableText.printable(line, 80) + "'");
        } else if (line.startsWith("-")) {
          prerequisites.add(id(line.substring(1).split(" ", 2)[0]));
        } else {
          String[] parts = line.split(" ", 2);
          if (parts.length < 2 || refs.put(parts[1], id(parts[0])) != null) {
            throw refused(
                "'" + PrintableText.printable(line, 80) + "' is not a ref, or comes twice");
          }
        }
      }
      if (!format.equals(objectFormat)) {
        throw refused("its objects are not in the format " + objectFormat);
      }
      return new Bundle(file, header.length, Map.copyOf(refs), List.copyOf(prerequisites));
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  /** Opens the pack. */
  public InputStream openPack() {
    try {
      InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
      in.skipNBytes(packOffset);
      return in;
    } catch (IOException e) {
      throw new DispenseException(
          "Tried to read " + file + " but failed because " + DispenseException.reason(e) + ".", e);
    }
  }

  private static CommitId id(String text) {
    try {
      return new CommitId(text);
    } catch (IllegalArgumentException e) {
      throw refused("'" + PrintableText.printable(text, 80) + "' is not an object id");
    }
  }

  static RefusedException refused(String why) {
    return new RefusedException("Refused the result of the sandbox: " + why + ".");
  }

  private static final class Header {
    private final InputStream in;
    private int length;

    Header(InputStream in) {
      this.in = in;
    }

    String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0 || ++length > HEADER_LIMIT) {
          throw refused("its header has no end");
        }
        line.append((char) c);
      }
      length++;
      return new String(
          line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
  }
}
