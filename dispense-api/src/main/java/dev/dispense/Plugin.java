package dev.dispense;

import java.util.Set;

/**
 * What extends Dispense: a provider, a source or an agent, which are chosen by their ids. Found by
 * {@link java.util.ServiceLoader} or added with {@link Dispense.Builder#plugin}.
 */
public interface Plugin {
  /** Returns the ids by which it is chosen; at least one, and always the same. */
  Set<String> ids();
}
