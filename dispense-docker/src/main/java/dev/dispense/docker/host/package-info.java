/**
 * This machine as the engine and its images see it: users, files, layout, certificates, mirrors.
 */
@NullMarked
package dev.dispense.docker.host;

import org.jspecify.annotations.NullMarked;
