package dev.dispense;

import java.net.InetSocketAddress;

/**
 * A port of a sandbox that can be reached through a loopback port of this machine, until it is
 * closed: by everybody on this machine, unless it is a {@link LocalPreview}. You own it and must
 * close it; closing twice does nothing.
 */
public interface Forwarding extends AutoCloseable {
  /** Returns the loopback address to connect to. */
  InetSocketAddress address();

  /** Ends the forwarding and cuts its connections. */
  @Override
  void close();
}
