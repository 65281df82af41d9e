package dev.dispense.cli.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.io.IoService;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.closeable.AbstractCloseable;
import org.jspecify.annotations.Nullable;

/** The connection of a server of SSH whose other end is a pipe. */
final class SshStream extends AbstractCloseable implements IoSession {
  /** Where no address can be told, this is in its place. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final OutputStream out;
  private final Map<Object, Object> attributes = new ConcurrentHashMap<>();

  SshStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public IoWriteFuture writeBuffer(Buffer buffer) throws IOException {
    synchronized (out) {
      out.write(buffer.array(), buffer.rpos(), buffer.available());
      out.flush();
    }
    return AbstractIoWriteFuture.fulfilled("dispense", true);
  }

  @Override
  public long getId() {
    return 1;
  }

  @Override
  public @Nullable Object getAttribute(Object key) {
    return attributes.get(key);
  }

  @Override
  public @Nullable Object setAttribute(Object key, Object value) {
    return attributes.put(key, value);
  }

  @Override
  public @Nullable Object setAttributeIfAbsent(Object key, Object value) {
    return attributes.putIfAbsent(key, value);
  }

  @Override
  public @Nullable Object removeAttribute(Object key) {
    return attributes.remove(key);
  }

  @Override
  public SocketAddress getRemoteAddress() {
    return NOWHERE;
  }

  @Override
  public SocketAddress getLocalAddress() {
    return NOWHERE;
  }

  @Override
  public SocketAddress getAcceptanceAddress() {
    return NOWHERE;
  }

  @Override
  public @Nullable IoService getService() {
    return null;
  }

  @Override
  public void shutdownOutputStream() throws IOException {
    out.flush();
  }

  @Override
  public void suspendRead() {}

  @Override
  public void resumeRead() {}
}
