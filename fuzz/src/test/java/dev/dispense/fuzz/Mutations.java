package dev.dispense.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes inputs at random, and the same way each time: what a fuzzer does first, without one. */
final class Mutations {
  private static final byte[] TELLING = {0, -1, 127, -128, '\n', ' ', '/', '.', '0', '9', 27};

  private final List<byte[]> seeds;
  private final Random random;

  Mutations(List<byte[]> seeds, long seed) {
    this.seeds = seeds;
    this.random = new Random(seed);
  }

  /** Returns one of the seeds with a few changes. */
  byte[] next() {
    byte[] input = any().clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      input = change(input);
    }
    return input;
  }

  private byte[] change(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int length = Math.min(1 + random.nextInt(16), input.length - at);
    return switch (random.nextInt(6)) {
      case 0 -> joined(input, at, new byte[] {telling()}, at);
      case 1 -> joined(input, at, new byte[0], at + length);
      case 2 -> Arrays.copyOf(input, at);
      case 3 -> joined(input, at, tail(any()), input.length);
      case 4 -> joined(input, at, Arrays.copyOfRange(input, at, at + length), at);
      default -> replaced(input, at);
    };
  }

  private byte[] tail(byte[] input) {
    return Arrays.copyOfRange(input, random.nextInt(input.length + 1), input.length);
  }

  private byte[] replaced(byte[] input, int at) {
    if (at < input.length) {
      int flipped = input[at] ^ (1 << random.nextInt(8));
      input[at] = random.nextBoolean() ? telling() : (byte) flipped;
    }
    return input;
  }

  /**
   * Returns what is before {@code end}, then {@code middle}, then what is from {@code begin} on.
   */
  private static byte[] joined(byte[] input, int end, byte[] middle, int begin) {
    byte[] joined = Arrays.copyOf(input, end + middle.length + input.length - begin);
    System.arraycopy(middle, 0, joined, end, middle.length);
    System.arraycopy(input, begin, joined, end + middle.length, input.length - begin);
    return joined;
  }

  private byte[] any() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte telling() {
    return TELLING[random.nextInt(TELLING.length)];
  }
}
