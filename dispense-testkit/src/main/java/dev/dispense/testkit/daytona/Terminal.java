package dev.dispense.testkit.daytona;
final class Terminal {}
