package dev.dispense.support;

/** Threads that do not keep a program from ending. */
public final class DaemonThread {
  private DaemonThread() {}

  /**
   * Returns a thread that is not started.
   *
   * @param name what people see in a thread dump; beginning with {@code dispense}
   */
  public static Thread of(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Starts one and returns it. */
  public static Thread start(String name, Runnable work) {
    Thread thread = of(name, work);
    thread.start();
    return thread;
  }
}
