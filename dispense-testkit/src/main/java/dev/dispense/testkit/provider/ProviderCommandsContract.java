package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Command;
import dev.dispense.ExecResult;
import dev.dispense.RefusedException;
import dev.dispense.Streams;
import dev.dispense.spi.MachineSpec;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commands get exactly their arguments and variables, and their exit codes come back. */
abstract class ProviderCommandsContract extends ProviderPart {
  private static final List<String> AWKWARD =
      List.of(
          "plain",
          "two words",
          "  spaces around  ",
          "",
          "'single' \"double\" \\back\\slash\\",
          "line\nbreak\n",
          "\ttab\r",
          "-n",
          "--help",
          "--",
          "$(touch pwned) `touch pwned` $HOME ${IFS} ; touch pwned & | > pwned",
          "* ? [a-z] ~ ! # %s %n",
          "Grüße 漢字 🚀",
          "=",
          "a=b");

  ProviderCommandsContract(ProviderContract contract) {
    super(contract);
  }

  @Test
  void argumentsArriveExactly() {
    ContractMachine machine = create();
    String received = machine.output("printf '%s\\0' \"$@\"", AWKWARD.toArray(new String[0]));

    assertThat(received.split("\0", -1)).containsExactly(withEnd(AWKWARD));
    assertThat(machine.output("ls -A")).isEmpty();
  }

  @Test
  void aLongArgumentArrivesWhole() {
    String argument = "0123456789abcdef".repeat(6000);

    assertThat(create().output("printf %s \"$1\"", argument)).isEqualTo(argument);
  }

  @Test
  void variablesArriveExactly() {
    ContractMachine machine = create();
    for (String value : AWKWARD) {
      Command command =
          ContractMachine.script("printf %s \"$AWKWARD\"")
              .withEnvironment(Map.of("AWKWARD", value));
      assertThat(machine.run(command).stdout()).isEqualTo(value);
    }
  }

  @Test
  void variablesOfACommandAreSetOnTopOfThoseOfTheMachine() {
    MachineSpec spec =
        withEnvironment(spec(), Map.of("MACHINE", "it's\nthe machine", "BOTH", "machine"));
    Command command =
        ContractMachine.script("printf '%s|%s|%s' \"$MACHINE\" \"$BOTH\" \"$COMMAND\"")
            .withEnvironment(Map.of("BOTH", "command", "COMMAND", "command"));
    ContractMachine machine = create(spec);

    assertThat(machine.run(command).stdout()).isEqualTo("it's\nthe machine|command|command");
    assertThat(machine.output("printf '%s|%s' \"$BOTH\" \"$COMMAND\"")).isEqualTo("machine|");
  }

  @Test
  void variablesOfThisProcessAreNotSeen() {
    ContractMachine machine = create();

    assertThat(machine.output("printf %s \"$HOME\"")).isEqualTo(machine.layout().home());
    assertThat(machine.output("env")).doesNotContain("JAVA_HOME", "MAVEN_");
  }

  @Test
  void commandsRunInTheWorkspaceUnlessToldWhere() {
    ContractMachine machine = create();
    String awkward = machine.path("it's a $(dir) ü");
    machine.output("mkdir \"$1\"", awkward);

    assertThat(machine.output("pwd")).isEqualTo(machine.layout().workspace() + "\n");
    assertThat(machine.run(Command.of("pwd").in("/")).stdout()).isEqualTo("/\n");
    assertThat(machine.run(Command.of("pwd").in(awkward)).stdout()).isEqualTo(awkward + "\n");
  }

  @Test
  void exitCodesComeBack() {
    ContractMachine machine = create();
    for (int code : new int[] {0, 1, 2, 64, 125, 126, 127, 128, 200, 255}) {
      assertThat(machine.sh("exit $1", Integer.toString(code)).exitCode()).isEqualTo(code);
    }
  }

  @Test
  void aSignalIs128AndItsNumber() {
    ContractMachine machine = create();

    assertThat(machine.sh("kill -9 $$").exitCode()).isEqualTo(137);
    assertThat(machine.sh("kill -15 $$").exitCode()).isEqualTo(143);
  }

  @Test
  void aProgramThatDoesNotExistIs127() {
    ContractMachine machine = create();

    assertThat(machine.run(Command.of("dispense-no-such-program", "x")).exitCode()).isEqualTo(127);
    assertThat(machine.run(Command.of("/no/such/program")).exitCode()).isEqualTo(127);
  }

  @Test
  void aProgramThatCannotBeRunIs126() {
    ContractMachine machine = create();
    String file = machine.path("not-executable");
    machine.output("echo 'echo no' > \"$1\"; chmod 644 \"$1\"", file);

    assertThat(machine.run(Command.of(file)).exitCode()).isEqualTo(126);
  }

  @Test
  void bothStreamsComeSeparately() {
    ExecResult result = create().sh("echo to out; echo to err >&2; exit 3");

    assertThat(result).isEqualTo(new ExecResult(3, "to out\n", "to err\n"));
  }

  @Test
  void commandsRunAsTheUserOfTheMachine() {
    MachineSpec spec = spec();
    ContractMachine machine = create(spec);
    String own = Integer.toString(spec.uid());

    assertThat(machine.output("id -u; id -g")).isEqualTo(own + "\n" + spec.gid() + "\n");
    assertThat(machine.run(Command.of("id", "-u").as(own)).stdout()).isEqualTo(own + "\n");
  }

  @Test
  void anotherUserIsHonouredOrRefused() {
    ContractMachine machine = create();
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    try {
      Command command = ContractMachine.script("id -u; id -g").as("12345:23456");
      provider().exec(machine.id(), command, Streams.of(stdout, OutputStream.nullOutputStream()));
      assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("12345\n23456\n");
    } catch (RefusedException e) {
      assertThat(stdout.size()).isZero();
    }
  }

  private static String[] withEnd(List<String> values) {
    String[] all = values.toArray(new String[values.size() + 1]);
    all[values.size()] = "";
    return all;
  }
}
