package dev.dispense;

/**
 * What a sandbox may use of the machine that it runs on. The limits are applied, not advisory: work
 * beyond {@code cpus} is throttled, beyond {@code memoryBytes} killed (swap is not added on top),
 * beyond {@code processes} refused.
 *
 * @param cpus cores, from 0.01; fractions are allowed; default {@value #DEFAULT_CPUS}, or all that
 *     the machine has when it has fewer
 * @param memoryBytes bytes, from 64 MiB; default 4 GiB
 * @param processes processes and threads at once, from 16; default 2048
 */
public record Resources(double cpus, long memoryBytes, int processes) {
  private static final double DEFAULT_CPUS = 2;
  private static final long MEBIBYTE = 1L << 20;

  /** Two cores, 4 GiB of memory and 2048 processes. */
  public static final Resources DEFAULT = new Resources(DEFAULT_CPUS, 4096 * MEBIBYTE, 2048);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when a value is below its range
   */
  public Resources {
    if (!(cpus >= 0.01 && cpus <= 4096)) {
      throw new IllegalArgumentException("cpus must be from 0.01 to 4096, not " + cpus + ".");
    }
    if (memoryBytes < 64 * MEBIBYTE) {
      throw new IllegalArgumentException(
          "memory must be at least 64 MiB, not " + memoryBytes + " bytes.");
    }
    if (processes < 16) {
      throw new IllegalArgumentException("processes must be at least 16, not " + processes + ".");
    }
  }

  /** Returns these limits with {@code cpus} cores. */
  public Resources withCpus(double cpus) {
    return new Resources(cpus, memoryBytes, processes);
  }

  /** Returns these limits with {@code memoryBytes} bytes of memory. */
  public Resources withMemoryBytes(long memoryBytes) {
    return new Resources(cpus, memoryBytes, processes);
  }

  /** Returns these limits with at most {@code processes} processes and threads. */
  public Resources withProcesses(int processes) {
    return new Resources(cpus, memoryBytes, processes);
  }
}
