package dev.dispense.daytona;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Streams;
import dev.dispense.testkit.LeakCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The connection is cut at every byte, one after the other. */
@ExtendWith(LeakCheck.class)
class CutEverywhereTest {
  private static final String EXECUTION = "/process/execute";
  private static final String UPLOAD = "/files/bulk-upload";

  /** How many attempts to do the same are cut before one is not. */
  private static final int CUTS = 12;

  @TempDir Path directory;
  private LocalSandbox sandbox;

  @BeforeEach
  void open() {
    sandbox = new LocalSandbox(directory, "sh");
  }

  @AfterEach
  void close() {
    sandbox.close();
  }

  private static String lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "line " + i + "\n")
        .collect(Collectors.joining());
  }

  /** Cuts answers, each a byte later than the one before, until none is as long as that. */
  private static final class Cutter implements TestService.Disturbance {
    private final AtomicInteger at = new AtomicInteger();
    private final AtomicInteger longest = new AtomicInteger();

    @Override
    public int sent(int length) {
      longest.accumulateAndGet(length, Math::max);
      return at.getAndIncrement();
    }

    boolean isThrough() {
      return at.get() > longest.get();
    }
  }

  /** Cuts the answers to executions, but for some, so that it goes on. */
  private Cutter cutAnswers() {
    Cutter cutter = new Cutter();
    AtomicInteger answers = new AtomicInteger();
    sandbox
        .service()
        .meddle(
            asked ->
                asked.path().endsWith(EXECUTION) && answers.getAndIncrement() % (CUTS + 1) != CUTS
                    ? cutter
                    : TestService.NONE);
    return cutter;
  }

  /** The command waits until its line was seen. */
  @Test
  void aLogThatIsFollowedLosesAndRepeatsNothing() throws IOException {
    Cutter cutter = cutAnswers();
    Path seen = Files.createFile(directory.resolve("seen"));
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    OutputStream watched =
        watched(
            stdout,
            () ->
                Files.writeString(
                    seen, cutter.isThrough() ? "end" : "x", StandardOpenOption.APPEND));
    int code =
        sandbox.exec(
            ShellCommand.of(
                "i=0; until grep -q end \"$HOME/seen\"; do echo line $i; i=$((i + 1)); until [ $(wc"
                    + " -c <\"$HOME/seen\") -ge $i ]; do sleep 0.01; done; done; exit 9"),
            Streams.of(watched, OutputStream.nullOutputStream()));

    assertThat(code).isEqualTo(9);
    String told = stdout.toString(StandardCharsets.UTF_8);
    assertThat(told).isEqualTo(lines((int) told.lines().count()));
    assertThat(cutter.at.get()).as("cuts").isGreaterThan(50);
  }

  @Test
  void theOnlyAnswerOfAShortCommandMayBeCutAtEveryByte() {
    Cutter cutter = cutAnswers();
    int commands = 0;
    for (; !cutter.isThrough(); commands++) {
      assertThat(sandbox.run("echo ran >>\"$HOME/ran\"; echo whole; echo error >&2; exit 7"))
          .as("the command number %d", commands)
          .hasToString("ExecResult[exitCode=7, stdout=whole\n, stderr=error\n]");
    }
    assertThat(directory.resolve("ran")).hasContent("ran\n".repeat(commands));
    assertThat(cutter.at.get()).as("cuts").isGreaterThan(50);
  }

  /**
   * Each piece of the input is a line; of those, the next waits until the one before is written.
   */
  @Test
  void anInputThatIsCutAtEveryByteOfItsUploadsArrivesOnce() throws IOException {
    AtomicInteger attempts = new AtomicInteger();
    AtomicInteger longest = new AtomicInteger();
    AtomicInteger at = new AtomicInteger();
    sandbox
        .service()
        .meddle(
            asked -> {
              if (!asked.path().endsWith(UPLOAD)
                  || attempts.getAndIncrement() % (CUTS + 1) == CUTS) {
                return TestService.NONE;
              }
              longest.accumulateAndGet(asked.body().size(), Math::max);
              return TestService.cutRequestAfter(at.getAndIncrement());
            });
    int pieces = 70;
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    try (PipedOutputStream typed = new PipedOutputStream();
        InputStream stdin = new PipedInputStream(typed)) {
      AtomicInteger next = new AtomicInteger();
      OutputStream watched = watched(stdout, () -> type(typed, next.getAndIncrement(), pieces));
      int code =
          sandbox.exec(
              ShellCommand.of("echo begin; exec cat"),
              Streams.of(stdin, watched, OutputStream.nullOutputStream()));
      assertThat(code).isZero();
    }

    assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("begin\n" + lines(pieces));
    assertThat(at.get()).as("every byte of an upload").isGreaterThan(longest.get());
  }

  private interface Action {
    void run() throws IOException;
  }

  /** Passes an output on, and does something at the end of each line. */
  private static OutputStream watched(OutputStream out, Action atLine) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        out.write(b);
        if (b == '\n') {
          atLine.run();
        }
      }
    };
  }

  private static void type(OutputStream typed, int line, int count) throws IOException {
    if (line == count) {
      typed.close();
    } else {
      typed.write(("line " + line + "\n").getBytes(StandardCharsets.UTF_8));
      typed.flush();
    }
  }
}
