package dev.dispense;

/**
 * How a short command ended and what it wrote. A non-zero exit code is a result, not an error.
 *
 * @param exitCode 0 to 255; 128 + n when signal n killed the program
 * @param stdout its standard output, decoded as UTF-8
 * @param stderr its standard error, decoded as UTF-8
 */
public record ExecResult(int exitCode, String stdout, String stderr) {
  /** Returns whether the exit code is 0. */
  public boolean isSuccess() {
    return exitCode == 0;
  }
}
