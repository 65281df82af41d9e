package dev.dispense.docker.engine;

import com.github.dockerjava.api.exception.DockerException;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One connection to an engine for one HTTP/1.1 request, after which an upgraded connection carries
 * raw bytes both ways. It exists because docker-java never closes the writing half of such a
 * connection, so that a command in a container would wait for the end of its input for ever
 * (docker-java issues 1448, 1552 and 1684).
 *
 * <p>One thread may read while another writes. Closing it wakes both.
 */
public final class Connection implements Closeable {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_REASON = 16 << 10;

  private final Closeable transport;
  private final InputStream in;
  private final OutputStream out;
  private final HalfClose halfClose;

  private Connection(Closeable transport, InputStream in, OutputStream out, HalfClose halfClose) {
    this.transport = transport;
    this.in = new BufferedInputStream(in, 64 << 10);
    this.out = out;
    this.halfClose = halfClose;
  }

  /**
   * The start of a response.
   *
   * @param headers by lower-case name
   */
  public record Head(int status, Map<String, String> headers) {
    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
  }

  private interface HalfClose {
    void closeOutput() throws IOException;
  }

  /** Connects to an engine, with TLS when there is a context for it. */
  static Connection open(Endpoint endpoint, Optional<SSLContext> tls) throws IOException {
    if (endpoint instanceof Endpoint.UnixSocket unix) {
      SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(unix.path()));
      return new Connection(
          channel, new ChannelInput(channel), new ChannelOutput(channel), channel::shutdownOutput);
    }
    Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
    Socket plain = new Socket();
    try {
      plain.connect(new InetSocketAddress(tcp.host(), tcp.port()), CONNECT_MILLIS);
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      Socket socket = tls.isPresent() ? handshake(tls.get(), plain, tcp) : plain;
      return new Connection(
          socket, socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  private static SSLSocket handshake(SSLContext tls, Socket plain, Endpoint.Tcp tcp)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.getSocketFactory().createSocket(plain, tcp.host(), tcp.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Sends a request without a body, to be the only one on this connection. */
  public Head request(String method, String path) throws IOException {
    return request(method, path, "HTTP/1.1", "Connection: close\r\n", new byte[0]);
  }

  /**
   * Asks for something, whose body ends where the {@linkplain #input() input} does: in HTTP/1.0 it
   * comes in one piece.
   */
  public Head get(String path) throws IOException {
    return request("GET", path, "HTTP/1.0", "", new byte[0]);
  }

  /** Sends a request with a JSON body that asks for the connection to become a raw one. */
  public Head upgrade(String path, byte[] json) throws IOException {
    return request(
        "POST",
        path,
        "HTTP/1.1",
        "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n",
        json);
  }

  /** Writes the body of a request. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Sends a request with a body that is made as it is sent.
   *
   * @throws UncheckedIOException when the body fails by itself; the request stays without its end
   */
  public Head put(String path, Body body) throws IOException {
    String head = "PUT " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n";
    out.write((head + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    Chunks chunks = new Chunks(out);
    try {
      body.writeTo(chunks);
      chunks.finish();
    } catch (IOException e) {
      if (!chunks.isRefused()) {
        throw new UncheckedIOException(e);
      }
      // An engine that takes no more has said why.
    }
    return readHead();
  }

  private Head request(String method, String path, String protocol, String headers, byte[] body)
      throws IOException {
    String head =
        method
            + " "
            + path
            + " "
            + protocol
            + "\r\nHost: docker\r\n"
            + headers
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    byte[] headBytes = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer request = ByteBuffer.allocate(headBytes.length + body.length);
    request.put(headBytes).put(body);
    out.write(request.array());
    out.flush();
    return readHead();
  }

  private Head readHead() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < 4 || head.lastIndexOf("\r\n\r\n") != head.length() - 4) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the engine closed the connection without an answer");
      }
      head.append((char) next);
      if (head.length() > MAX_HEAD_BYTES) {
        throw new IOException("the engine's answer has too large a head");
      }
    }
    String[] lines = head.toString().split("\r\n", -1);
    String[] status = lines[0].split(" ", 3);
    if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("[0-9]{3}")) {
      throw new IOException("what answers is not an HTTP server");
    }
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    return new Head(Integer.parseInt(status[1]), headers);
  }

  /**
   * Returns why the engine refuses the request: what comes after the head, as far as {@value
   * #MAX_REASON} bytes. The engine may keep the connection open after that.
   */
  public DockerException refusal(Head head) throws IOException {
    byte[] reason =
        head.header("Transfer-Encoding").isPresent()
            ? Chunks.read(in, MAX_REASON)
            : in.readNBytes(
                head.header("Content-Length").map(Connection::length).orElse(MAX_REASON));
    return new DockerException(new String(reason, StandardCharsets.UTF_8), head.status());
  }

  private static int length(String number) {
    return number.matches("[0-9]{1,5}")
        ? Math.min(Integer.parseInt(number), MAX_REASON)
        : MAX_REASON;
  }

  /** Returns what comes after the head. */
  public InputStream input() {
    return in;
  }

  /** Returns the writing half. */
  public OutputStream output() {
    return out;
  }

  /** Tells the other side that nothing more will be written; reading goes on. */
  public void closeOutput() throws IOException {
    halfClose.closeOutput();
  }

  @Override
  public void close() throws IOException {
    transport.close();
  }

  // The streams of java.nio.channels.Channels share one lock before Java 19, so that a write waits
  // for a read that blocks (JDK-4774871).
  private static final class ChannelInput extends InputStream {
    private final SocketChannel channel;

    ChannelInput(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return channel.read(ByteBuffer.wrap(bytes, offset, length));
    }
  }

  private static final class ChannelOutput extends OutputStream {
    private final SocketChannel channel;

    ChannelOutput(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }
}
