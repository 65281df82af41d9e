package dev.dispense.daytona.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The commands whose end this client knows: their files are removed with the next command that it
 * starts, which costs no call, or by the sandbox itself after some time.
 */
public final class CompletedCommands {
  private static final int MOST = 50;

  private final Map<String, Queue<String>> byMachine = new ConcurrentHashMap<>();

  public void add(String machineId, String command) {
    Queue<String> commands =
        byMachine.computeIfAbsent(machineId, id -> new ConcurrentLinkedQueue<>());
    commands.add(command);
    if (commands.size() > MOST) {
      commands.poll();
    }
  }

  /** Returns some of a machine's, and forgets them. */
  public List<String> take(String machineId) {
    List<String> taken = new ArrayList<>();
    Queue<String> commands = byMachine.get(machineId);
    while (commands != null && taken.size() < MOST) {
      String next = commands.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
    }
    return taken;
  }

  /** Forgets a machine that is gone. */
  public void forget(String machineId) {
    byMachine.remove(machineId);
  }
}
