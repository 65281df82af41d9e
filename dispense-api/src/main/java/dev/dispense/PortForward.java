package dev.dispense;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A port of a sandbox that can be reached through a loopback port of this machine, until it is
 * closed: by everybody on this machine, unless it is a {@link PortForward.Preview}. You own it and
 * must close it; closing twice does nothing.
 */
public interface PortForward extends AutoCloseable {
  /** Returns the loopback address to connect to. */
  InetSocketAddress address();

  /** Ends the forwarding and cuts its connections. */
  @Override
  void close();

  /**
   * A web server of a sandbox, reached through a loopback port of this machine by those who have
   * the token, until it is closed. Other users of this machine, and pages of other servers that a
   * browser shows, are refused: each request has to bring the token and to come from the preview
   * itself. You own it and must close it; closing twice does nothing.
   *
   * <p>HTTP/1 and WebSocket pass; for other protocols there is {@link Sandbox#forward}. The server
   * gets the requests as they are but for the token, with the {@code Host} that the client used.
   */
  interface Preview extends PortForward {
    /**
     * Returns the address for a browser. It has the token in it, which a cookie takes over at the
     * first visit; it can be opened several times.
     */
    URI url();

    /** Returns the token, which a program sends as {@code Authorization: Bearer <token>}. */
    Secret token();
  }
}
