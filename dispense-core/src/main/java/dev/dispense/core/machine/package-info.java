/** One machine of one provider: commands, files and ports of it. */
@NullMarked
package dev.dispense.core.machine;

import org.jspecify.annotations.NullMarked;
