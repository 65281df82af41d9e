/** Settings and plugins of one instance. */
@NullMarked
package dev.dispense.core.config;

import org.jspecify.annotations.NullMarked;
