package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Output comes live and unbounded, input goes in exactly, and neither hangs. */
abstract class ProviderStreamsContract extends ProviderPart {
  private static final int MEBIBYTE = 1 << 20;

  ProviderStreamsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void outputComesWhileTheCommandRuns() {
    ContractMachine machine = create();
    for (String script : new String[] {"echo now; cat", "echo now >&2; cat >&2"}) {
      CountDownLatch seen = new CountDownLatch(1);
      OutputStream sink =
          new OutputStream() {
            @Override
            public void write(int b) {
              seen.countDown();
            }
          };
      Streams streams = Streams.of(endOfFileAfter(seen), sink, sink);
      int exitCode = provider().exec(machine.id(), ContractMachine.script(script), streams);

      assertThat(exitCode).isZero();
      assertThat(seen.getCount()).as("the input ended because output came").isZero();
    }
  }

  @Test
  void muchOutputArrivesWhole() {
    ContractMachine machine = create();
    Counter stdout = new Counter();
    Counter stderr = new Counter();
    Command command =
        ContractMachine.script("head -c 67108864 /dev/zero & head -c 8388608 /dev/zero >&2; wait");
    int exitCode = provider().exec(machine.id(), command, Streams.of(stdout, stderr));

    assertThat(exitCode).isZero();
    assertThat(stdout.bytes()).isEqualTo(64L * MEBIBYTE);
    assertThat(stderr.bytes()).isEqualTo(8L * MEBIBYTE);
  }

  @Test
  void aSlowReaderSlowsTheCommandDown() throws InterruptedException {
    ContractMachine machine = create();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Counter sink =
        new Counter() {
          @Override
          public void write(byte[] buffer, int offset, int length) {
            super.write(buffer, offset, length);
            first.countDown();
            awaitQuietly(goOn);
          }
        };
    FutureTask<Integer> exec =
        ContractMachine.inBackground(
            () ->
                provider()
                    .exec(
                        machine.id(),
                        ContractMachine.script("head -c 67108864 /dev/zero; echo > all-written"),
                        Streams.of(sink, sink)));
    assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 10; i++) {
      assertThat(machine.exists(machine.path("all-written"))).isFalse();
    }
    goOn.countDown();

    assertThat(ContractMachine.result(exec)).isZero();
    assertThat(sink.bytes()).isEqualTo(64L * MEBIBYTE);
  }

  @Test
  void outputThatIsNotTextArrivesExactly() {
    ContractMachine machine = create();
    byte[] bytes = new byte[512];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    StringBuilder octal = new StringBuilder();
    for (byte b : bytes) {
      octal.append(String.format("\\%03o", b & 0xff));
    }
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    provider()
        .exec(
            machine.id(),
            Command.of("printf", octal.toString()),
            Streams.of(stdout, new Counter()));

    assertThat(stdout.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void inputArrivesExactlyAndEnds() {
    byte[] bytes = new byte[5 * MEBIBYTE + 7];
    new Random(1).nextBytes(bytes);

    assertThat(create().filter(new ByteArrayInputStream(bytes), "cat")).isEqualTo(bytes);
  }

  @Test
  void inputReachesTheCommandBeforeItEnds() {
    ContractMachine machine = create();
    CountDownLatch answered = new CountDownLatch(1);
    InputStream question =
        new SequenceInputStream(
            new ByteArrayInputStream("question\n".getBytes(StandardCharsets.UTF_8)),
            endOfFileAfter(answered));
    Counter sink =
        new Counter() {
          @Override
          public void write(byte[] buffer, int offset, int length) {
            super.write(buffer, offset, length);
            answered.countDown();
          }
        };
    Command command = ContractMachine.script("read line && echo \"got $line\" && cat");
    provider().exec(machine.id(), command, Streams.of(question, sink, sink));

    assertThat(sink.bytes()).isEqualTo("got question\n".length());
    assertThat(answered.getCount()).as("the input ended because an answer came").isZero();
  }

  @Test
  void emptyInputEndsAtOnce() {
    ContractMachine machine = create();

    assertThat(machine.filter(InputStream.nullInputStream(), "cat; echo end"))
        .isEqualTo("end\n".getBytes(StandardCharsets.UTF_8));
    assertThat(machine.output("cat; echo end")).isEqualTo("end\n");
  }

  @Test
  void aCommandMayEndWithoutReadingItsInput() {
    ContractMachine machine = create();
    byte[] much = new byte[5 * MEBIBYTE];

    assertThat(machine.filter(new ByteArrayInputStream(much), "head -c 3 | wc -c | tr -d ' '"))
        .isEqualTo("3\n".getBytes(StandardCharsets.UTF_8));
    assertThat(machine.filter(new ByteArrayInputStream(much), "true")).isEmpty();
  }

  @Test
  void inputThatNeverComesDoesNotKeepAnEndedCommand() {
    ContractMachine machine = create();
    CountDownLatch never = new CountDownLatch(1);
    FutureTask<byte[]> exec =
        ContractMachine.inBackground(() -> machine.filter(endOfFileAfter(never), "echo over"));
    try {
      assertThat(ContractMachine.result(exec)).isEqualTo("over\n".getBytes(StandardCharsets.UTF_8));
    } finally {
      never.countDown();
    }
  }

  @Test
  void theStreamsStayOpen() {
    ContractMachine machine = create();
    Counter stdout = new Counter();
    Counter stderr = new Counter();
    Closeable stdin = new Closeable();
    provider().exec(machine.id(), Command.of("cat"), Streams.of(stdin, stdout, stderr));

    assertThat(stdout.closed || stderr.closed || stdin.closed).isFalse();
  }

  @Test
  void commandsRunBesideEachOther() {
    ContractMachine machine = create();
    FutureTask<byte[]> waiting =
        ContractMachine.inBackground(
            () ->
                machine.filter(
                    InputStream.nullInputStream(),
                    "until test -e go; do sleep 0.05; done; echo went"));
    machine.output("echo > go");

    assertThat(ContractMachine.result(waiting))
        .isEqualTo("went\n".getBytes(StandardCharsets.UTF_8));
  }

  private static InputStream endOfFileAfter(CountDownLatch latch) {
    return new InputStream() {
      @Override
      public int read() {
        awaitQuietly(latch);
        return -1;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) {
        return read();
      }
    };
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      boolean unused = latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static class Counter extends OutputStream {
    private final AtomicLong received = new AtomicLong();
    volatile boolean closed;

    long bytes() {
      return received.get();
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      received.addAndGet(length);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static final class Closeable extends InputStream {
    volatile boolean closed;

    @Override
    public int read() {
      return -1;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
