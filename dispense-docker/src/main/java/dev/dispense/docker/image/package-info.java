/** The default image and others: how they are built and found. */
@NullMarked
package dev.dispense.docker.image;

import org.jspecify.annotations.NullMarked;
