/** Calls over HTTP that can fail in many ways: proxies, authorities, retries. */
@NullMarked
package dev.dispense.daytona.http;

import org.jspecify.annotations.NullMarked;
