package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Command;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A command with a terminal has one of the caller's size and type. */
abstract class ProviderTerminalsContract extends ProviderPart {
  private final List<PipedOutputStream> keyboards = new ArrayList<>();

  ProviderTerminalsContract(ProviderContract contract) {
    super(contract);
  }

  @AfterEach
  void leaveTheTerminals() throws IOException {
    for (PipedOutputStream keyboard : keyboards) {
      keyboard.close();
    }
  }

  @Test
  void theCommandHasATerminalOfTheSizeAndType() throws IOException {
    ContractMachine machine = create();
    Session session = new Session(new Streams.Terminal.Size(91, 37));
    if (refused(machine, session)) {
      return;
    }
    int exitCode =
        session.run(machine, "test -t 0 && test -t 1 && test -t 2 && stty size && echo $TERM");

    assertThat(session.output()).contains("37 91").contains("xterm-256color");
    assertThat(exitCode).isZero();
  }

  @Test
  void theExitCodeComesBackFromATerminal() throws IOException {
    ContractMachine machine = create();
    Session session = new Session(new Streams.Terminal.Size(80, 24));
    if (refused(machine, session)) {
      return;
    }

    assertThat(session.run(machine, "exit 42")).isEqualTo(42);
    assertThat(session.run(machine, "kill -9 $$")).isEqualTo(137);
  }

  @Test
  void theTerminalFollowsTheSize() throws IOException {
    ContractMachine machine = create();
    Session session = new Session(new Streams.Terminal.Size(80, 24));
    if (refused(machine, session)) {
      return;
    }
    FutureTask<Integer> exec =
        ContractMachine.inBackground(
            () ->
                session.run(
                    machine,
                    "echo ready; until stty size | grep -q '50 132'; do sleep 0.05; done;"
                        + " echo resized"));
    ContractMachine.await("the command to begin", () -> session.output().contains("ready"));
    session.resize(new Streams.Terminal.Size(132, 50));

    assertThat(ContractMachine.result(exec)).isZero();
    assertThat(session.output()).contains("resized");
  }

  @Test
  void whatIsTypedReachesTheCommandAndControlCInterruptsIt() throws IOException {
    ContractMachine machine = create();
    Session session = new Session(new Streams.Terminal.Size(80, 24));
    if (refused(machine, session)) {
      return;
    }
    FutureTask<Integer> exec =
        ContractMachine.inBackground(
            () ->
                session.run(
                    machine,
                    "trap 'echo interrupted; exit 9' INT; echo ready; read line;"
                        + " echo \"got <$line>\"; while :; do sleep 0.05; done"));
    ContractMachine.await("the command to begin", () -> session.output().contains("ready"));
    session.type("hello\r");
    ContractMachine.await("the line", () -> session.output().contains("got <hello>"));
    session.type("\003");

    assertThat(ContractMachine.result(exec)).isEqualTo(9);
    assertThat(session.output()).contains("interrupted");
  }

  private boolean refused(ContractMachine machine, Session session) {
    if (contract.supportsTerminal()) {
      return false;
    }
    assertThatThrownBy(() -> session.run(machine, "true")).isInstanceOf(RefusedException.class);
    return true;
  }

  /** A person at a terminal. */
  private final class Session implements Streams.Terminal {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final InputStream stdin = new PipedInputStream(keyboard);
    private volatile Size size;
    private volatile Consumer<Size> listener = newSize -> {};

    Session(Size size) throws IOException {
      this.size = size;
      keyboards.add(keyboard);
    }

    int run(ContractMachine machine, String script) {
      Command command = ContractMachine.script(script).within(Duration.ofSeconds(60));
      return provider().exec(machine.id(), command, Streams.of(stdin, (OutputStream) output, this));
    }

    String output() {
      return output.toString(StandardCharsets.UTF_8);
    }

    void type(String keys) throws IOException {
      keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
      keyboard.flush();
    }

    void resize(Size newSize) {
      size = newSize;
      listener.accept(newSize);
    }

    @Override
    public Size size() {
      return size;
    }

    @Override
    public void onResize(Consumer<Size> newListener) {
      listener = newListener;
    }

    @Override
    public String type() {
      return "xterm-256color";
    }
  }
}
