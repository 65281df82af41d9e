package dev.dispense.testkit.daytona;
final class TerminalRoutes { void addTo(ToolboxApi t) {} }
