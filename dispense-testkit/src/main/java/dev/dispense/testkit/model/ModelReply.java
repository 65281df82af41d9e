package dev.dispense.testkit.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a {@link ModelServer} answers to one call. Immutable: each method returns a reply that
 * differs in one thing.
 */
public final class ModelReply {
  /** A part of what the model says. */
  sealed interface Block {}

  record Text(String text) implements Block {}

  record ToolUse(String tool, Map<String, Object> input) implements Block {}

  /** How the reply ends. */
  enum End {
    WHOLE,
    CUT,
    NEVER
  }

  private final int status;
  private final String error;
  private final List<Block> blocks;
  private final Duration pause;
  private final End end;

  private ModelReply(int status, String error, List<Block> blocks, Duration pause, End end) {
    this.status = status;
    this.error = error;
    this.blocks = List.copyOf(blocks);
    this.pause = pause;
    this.end = end;
  }

  /** Returns a reply that says {@code text} and ends the turn. */
  public static ModelReply text(String text) {
    return new ModelReply(200, "", List.of(new Text(text)), Duration.ZERO, End.WHOLE);
  }

  /**
   * Returns a reply that asks the agent to use a tool.
   *
   * @param tool the tool's name, such as {@code Bash}
   * @param input the tool's input: what is written as JSON of maps, lists, strings, numbers and
   *     booleans
   */
  public static ModelReply toolUse(String tool, Map<String, ?> input) {
    return new ModelReply(
        200, "", List.of(new ToolUse(tool, Map.copyOf(input))), Duration.ZERO, End.WHOLE);
  }

  /**
   * Returns an error as the API sends it.
   *
   * @param status 400 to 599; 529 is "overloaded"
   * @throws IllegalArgumentException when {@code status} is out of its range
   */
  public static ModelReply error(int status, String message) {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("An error has a status from 400 to 599, not " + status);
    }
    return new ModelReply(status, message, List.of(), Duration.ZERO, End.WHOLE);
  }

  /** Returns no reply at all: the connection stays open, and silent, until the server is closed. */
  public static ModelReply hang() {
    return new ModelReply(200, "", List.of(), Duration.ZERO, End.NEVER);
  }

  /** Returns a reply that also asks for a tool, after what is there already. */
  public ModelReply thenToolUse(String tool, Map<String, ?> input) {
    List<Block> more = new ArrayList<>(blocks);
    more.add(new ToolUse(tool, Map.copyOf(input)));
    return new ModelReply(status, error, more, pause, end);
  }

  /** Returns a reply that is sent in small parts with a pause before each. */
  public ModelReply slowly(Duration pauseBeforeEachPart) {
    return new ModelReply(status, error, blocks, pauseBeforeEachPart, end);
  }

  /** Returns a reply whose connection breaks in its middle. */
  public ModelReply cut() {
    return new ModelReply(status, error, blocks, pause, End.CUT);
  }

  int status() {
    return status;
  }

  String error() {
    return error;
  }

  List<Block> blocks() {
    return blocks;
  }

  Duration pause() {
    return pause;
  }

  End end() {
    return end;
  }

  /** Returns what the reply is, for a failing test to show. */
  @Override
  public String toString() {
    String what = status == 200 ? blocks.toString() : status + " " + error;
    return "ModelReply[" + what + ", " + end + "]";
  }
}
