package dev.dispense.core.machine;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The TCP ports that something in a sandbox listens on, as its kernel tells (proc(5)). */
public final class ListeningPorts {
  private static final String LISTENING = "0A";

  private ListeningPorts() {}

  public static List<Integer> in(SandboxConnection connection) {
    ExecResult tables =
        connection.exec(Command.of("sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 2>/dev/null"));
    return of(tables.stdout());
  }

  /** Reads lines such as {@code 0: 0100007F:0BB8 00000000:0000 0A ...}. */
  static List<Integer> of(String tables) {
    Set<Integer> ports = new TreeSet<>();
    tables
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .filter(words -> words.length > 3 && words[3].equals(LISTENING))
        .map(words -> words[1].substring(words[1].indexOf(':') + 1))
        .filter(port -> port.matches("[0-9A-F]{4}"))
        .forEach(port -> ports.add(Integer.parseInt(port, 16)));
    return List.copyOf(ports);
  }
}
