package dev.dispense.testkit.daytona;

/** How many requests of each kind an organization may make in a minute. */
record RateLimits(int authenticated, int create, int lifecycle) {}
