package dev.dispense;

/**
 * What a task asked of its model through the {@linkplain dev.dispense.spi.Gateway gateway}. What
 * was refused is not counted.
 *
 * @param requests how many requests have ended
 * @param sent bytes of questions
 * @param received bytes of answers
 */
public record TaskTraffic(long requests, long sent, long received) {}
