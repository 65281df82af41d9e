/** The gateway: the one way of local sandboxes to their model, to routes and to hosts. */
@NullMarked
package dev.dispense.docker.gateway;

import org.jspecify.annotations.NullMarked;
