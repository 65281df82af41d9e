/**
 * A Daytona for tests: {@link dev.dispense.testkit.daytona.FakeDaytona} serves Daytona's main API,
 * the toolboxes of sandboxes, previews and SSH on the loopback, with processes that are real, in
 * Docker containers, and {@link dev.dispense.testkit.daytona.cloud.Faults} makes it fail.
 */
@NullMarked
package dev.dispense.testkit.daytona;

import org.jspecify.annotations.NullMarked;
