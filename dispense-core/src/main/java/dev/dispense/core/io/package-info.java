/** Streams: bounded, by line, and between threads. */
@NullMarked
package dev.dispense.core.io;

import org.jspecify.annotations.NullMarked;
