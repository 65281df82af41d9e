package dev.dispense.cli.terminal;

import dev.dispense.DispenseException;
import dev.dispense.PrintableText;
import dev.dispense.Progress;
import dev.dispense.support.DaemonThread;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shows progress on standard error: on a terminal one line that is written anew, elsewhere a line
 * for each step. Safe for use by several threads.
 */
public final class ProgressLine implements Progress.Listener, AutoCloseable {
  private static final String SPINNER = "|/-\\";
  private static final String CLEAR_LINE = "\r\u001B[K";

  private final Printer err;
  private final boolean live;
  private final int width;
  private final @Nullable Thread ticker;
  private @Nullable Progress current;
  private int turn;

  public ProgressLine(Printer err, Console console) {
    this.err = err;
    this.live = console.isTerminal(Console.Stream.ERR);
    this.width = live ? console.columns() : 0;
    this.ticker = live ? DaemonThread.start("dispense-progress", this::tick) : null;
  }

  @Override
  public synchronized void onProgress(Progress progress) {
    Progress previous = current;
    current = progress;
    if (live) {
      draw();
    } else if (previous == null || !previous.step().equals(progress.step())) {
      String detail = progress.detail().isEmpty() ? "" : ": " + progress.detail();
      err.line(PrintableText.printable(progress.step(), 80) + detail);
    }
  }

  @Override
  public synchronized void onNotice(String notice) {
    clear();
    err.line("Note: " + PrintableText.printable(notice));
    draw();
  }

  @Override
  public void onNotice(String notice, DispenseException.Hint hint) {
    onNotice(NextStep.with(notice, Optional.of(hint)));
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(120);
        synchronized (this) {
          turn++;
          draw();
        }
      }
    } catch (InterruptedException e) {
      // The work is done.
      return;
    }
  }

  private void draw() {
    Progress progress = current;
    if (live && progress != null) {
      err.print(CLEAR_LINE + text(progress));
    }
  }

  private String text(Progress progress) {
    StringBuilder text = new StringBuilder();
    text.append(SPINNER.charAt(turn % SPINNER.length())).append(' ').append(progress.step());
    progress
        .fraction()
        .ifPresent(fraction -> text.append(" %d%%".formatted(Math.round(fraction * 100))));
    if (!progress.detail().isEmpty()) {
      text.append(": ").append(progress.detail());
    }
    return PrintableText.printable(text.toString(), Math.max(10, width - 1));
  }

  private void clear() {
    if (live && current != null) {
      err.print(CLEAR_LINE);
    }
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (ticker != null) {
      ticker.interrupt();
    }
    synchronized (this) {
      clear();
      current = null;
    }
  }
}
