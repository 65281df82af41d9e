package dev.dispense.testkit.daytona;
final class SessionRoutes { void addTo(ToolboxApi t) {} }
