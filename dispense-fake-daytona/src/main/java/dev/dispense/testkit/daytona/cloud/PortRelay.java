package dev.dispense.testkit.daytona.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A loopback port whose connections end at a port that a container reaches, such as its own. */
public final class PortRelay implements AutoCloseable {
  private static final int CHUNK = 1 << 15;

  /** Connects standard input and output with port "$2" of host "$1". */
  private static final List<String> CONNECT =
      List.of(
          "perl",
          "-e",
          "use Socket; my ($host, $port) = @ARGV; my ($peer, $buffer);"
              + "for ($host eq 'localhost' ? ('127.0.0.1', '::1') : $host) {"
              + "  my $six = /:/; my $in = $six ? Socket::inet_pton(AF_INET6, $_) : inet_aton($_);"
              + "  defined $in or next;"
              + "  socket(my $s, $six ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or next;"
              + "  my $to = $six ? Socket::pack_sockaddr_in6($port, $in)"
              + "    : pack_sockaddr_in($port, $in);"
              + "  if (connect($s, $to)) { $peer = $s; last } }"
              + "$peer or exit 1;"
              + "sub copy { my ($from, $to) = @_; while (sysread($from, $buffer, 32768)) {"
              + "  for (my $at = 0; $at < length $buffer;) {"
              + "    $at += syswrite($to, $buffer, length($buffer) - $at, $at) || exit 1 } } }"
              + "my $child = fork; if (!$child) { copy(*STDIN, $peer); shutdown($peer, 1); exit }"
              + "copy($peer, *STDOUT); kill 9, $child;");

  private final Machine machine;
  private final String host;
  private final int target;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private PortRelay(Machine machine, String host, int target, ServerSocket server) {
    this.machine = machine;
    this.host = host;
    this.target = target;
    this.server = server;
  }

  static PortRelay open(Machine machine, String host, int target) throws IOException {
    ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    PortRelay relay = new PortRelay(machine, host, target, server);
    machine.fork(relay::accept);
    return relay;
  }

  public int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() {
    closeQuietly(server);
    sockets.forEach(PortRelay::closeQuietly);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        machine.fork(() -> connect(client));
      } catch (IOException e) {
        closeQuietly(server);
      }
    }
  }

  private void connect(Socket client) {
    List<String> command = new java.util.ArrayList<>(CONNECT);
    command.addAll(List.of(host, Integer.toString(target)));
    try (client) {
      client.setTcpNoDelay(true);
      ContainerProcess process = machine.exec(Map.of(), "/", command);
      try {
        machine.fork(() -> send(client, process));
        copy(process.output(), client.getOutputStream());
      } finally {
        machine.ended(process);
      }
    } catch (IOException e) {
      // One of both ends has closed its connection, and so does the other now.
    } finally {
      sockets.remove(client);
    }
  }

  private static void send(Socket client, ContainerProcess process) {
    try (OutputStream input = process.input()) {
      copy(client.getInputStream(), input);
    } catch (IOException e) {
      // As above.
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
      to.write(chunk, 0, read);
      to.flush();
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Closing is all that is wanted; what cannot be closed is closed already.
    }
  }
}
