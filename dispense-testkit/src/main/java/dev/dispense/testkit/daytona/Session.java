package dev.dispense.testkit.daytona;
final class Session {}
