package dev.dispense.daytona.exec;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import okio.ByteString;

/**
 * What the runner told: see {@code runner.sh}.
 *
 * @param positions where the client is when it has taken this
 * @param out what the command has written since
 * @param err what it has written to its error output since
 * @param files the sizes of the parts of the output that can be fetched, the first of which is the
 *     one that the client asked for
 * @param exitCode how it ended; empty while it runs, or when there is more to be told
 * @param state what is wrong, if anything
 * @param reason why the command could not be started, or which programs are missing
 */
record RunnerReply(
    Offsets positions,
    ByteString out,
    ByteString err,
    List<Integer> files,
    OptionalInt exitCode,
    State state,
    String reason) {
  /** What can be said of a command besides what it writes. */
  enum State {
    /** All is well. */
    FINE,
    /** It could not be started. */
    FAILED,
    /** Programs that the runner needs are missing in the sandbox. */
    PROGRAMS_MISSING,
    /** It must run as somebody else, which cannot be done. */
    OTHER_USER,
    /** Nothing is known of it. */
    GONE,
    /** Whatever ran it was killed, so its end is not known. */
    LOST,
    /** What it writes finds no place on the disk. */
    DISK_FULL
  }

  /**
   * Reads an answer; empty when it is not whole. What other programs wrote before it is passed
   * over.
   *
   * @param before where the client was when it asked
   */
  static Optional<RunnerReply> read(String text, Offsets before) {
    try {
      return new Reader(before).read(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static final class Reader {
    private Offsets positions;
    private ByteString out = ByteString.EMPTY;
    private ByteString err = ByteString.EMPTY;
    private List<Integer> files = List.of();
    private OptionalInt exitCode = OptionalInt.empty();
    private State state = State.FINE;
    private String reason = "";

    Reader(Offsets before) {
      this.positions = before;
    }

    Optional<RunnerReply> read(String text) {
      int at = text.startsWith(".") ? 0 : text.indexOf("\n.") + 1;
      while (at < text.length() && text.charAt(at) == '.') {
        int end = text.indexOf('\n', at);
        if (end < 0) {
          return Optional.empty();
        }
        String[] words = text.substring(at + 1, end).split(" ", -1);
        if (words[0].equals("end")) {
          return Optional.of(new RunnerReply(positions, out, err, files, exitCode, state, reason));
        }
        int next = text.indexOf("\n.", end);
        if (next < 0) {
          return Optional.empty();
        }
        take(words, text.substring(end, next + 1));
        at = next + 1;
      }
      return Optional.empty();
    }

    private void take(String[] words, String block) {
      switch (words[0]) {
        case "out" -> {
          out = bytes(words, block);
          positions = new Offsets(place(words), positions.err(), positions.consumed());
        }
        case "err" -> {
          err = bytes(words, block);
          positions = new Offsets(positions.out(), place(words), positions.consumed());
        }
        case "files" -> files = Stream.of(words).skip(1).map(Integer::valueOf).toList();
        case "fed" -> positions = new Offsets(positions.out(), positions.err(), word(words));
        case "code" -> exitCode = OptionalInt.of(Integer.parseInt(word(words)));
        case "failed" -> {
          state = State.FAILED;
          reason = new String(Base64.getDecoder().decode(word(words)), StandardCharsets.UTF_8);
        }
        case "missing" -> {
          state = State.PROGRAMS_MISSING;
          reason = String.join(", ", List.of(words).subList(1, words.length));
        }
        case "user" -> state = State.OTHER_USER;
        case "gone" -> state = State.GONE;
        case "lost" -> state = State.LOST;
        case "full" -> state = State.DISK_FULL;
        default -> throw new IllegalArgumentException("not a line of an answer: " + words[0]);
      }
    }

    private static String word(String[] words) {
      if (words.length != 2) {
        throw new IllegalArgumentException("not a line of an answer");
      }
      return words[1];
    }

    private static Offsets.Place place(String[] words) {
      return new Offsets.Place(Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    private static ByteString bytes(String[] words, String block) {
      if (words.length != 4) {
        throw new IllegalArgumentException("not a line of an answer");
      }
      byte[] bytes = Base64.getMimeDecoder().decode(block);
      if (bytes.length != Long.parseLong(words[3])) {
        throw new IllegalArgumentException("not all of the output");
      }
      return ByteString.of(bytes);
    }
  }
}
