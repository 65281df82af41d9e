/** HTTP and WebSockets as all parts of the fake speak them: calls, answers, errors, routes. */
@NullMarked
package dev.dispense.testkit.daytona.http;

import org.jspecify.annotations.NullMarked;
