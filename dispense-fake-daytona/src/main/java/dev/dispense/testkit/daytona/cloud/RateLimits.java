package dev.dispense.testkit.daytona.cloud;

/** How many requests of each kind an organization may make in a minute. */
public record RateLimits(int authenticated, int create, int lifecycle) {}
