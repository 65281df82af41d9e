package dev.dispense.testkit.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dispense.Capability;
import dev.dispense.SandboxName;
import dev.dispense.spi.Machine;
import dev.dispense.spi.MachineSpec;
import dev.dispense.spi.SandboxProvider;
import dev.dispense.testkit.LeakCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link SandboxProvider} must do: a test for each sentence of its documentation. The
 * author of a provider writes a subclass that says how the provider is opened.
 *
 * <p>Where a provider lacks a {@link Capability}, the tests see that it refuses what it cannot do;
 * no test is left out in silence. Before and after each test, no machine of the test's is there,
 * and a test leaves no thread and no file descriptor behind.
 *
 * <p>The sandboxes need a POSIX {@code sh}, coreutils (or busybox), {@code setsid}, and {@code
 * /proc}.
 */
@ExtendWith(LeakCheck.class)
@Tag("kit")
public abstract class ProviderContract {
  private final String prefix = "contract-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private int machines;

  @TempDir Path temporary;
  SandboxProvider provider;

  /** For subclasses. */
  @SuppressWarnings("NullAway.Init") // JUnit and the method before each test set the fields
  protected ProviderContract() {}

  /**
   * Opens a provider. Called several times in a test: all that are opened see the same machines.
   * The contract closes them.
   */
  protected abstract SandboxProvider open();

  /**
   * Returns what the tests create: a machine with the provider's default image, nothing mounted,
   * and the user who runs the test.
   */
  protected MachineSpec spec(SandboxName name) {
    return ContractMachine.spec(name, temporary);
  }

  /** Returns an image that cannot be had, in the provider's own notation. */
  protected String missingImage() {
    return "dispense.invalid/no-such-image:1";
  }

  /**
   * Returns whether commands can have a terminal; default yes. When not, the tests see that a
   * terminal is refused.
   */
  protected boolean supportsTerminal() {
    return true;
  }

  /**
   * Returns whether a machine that {@linkplain SandboxProvider#expireAfter expires} after seconds
   * does so; default yes. When not, as the provider counts in minutes or uses, the tests only see
   * that it takes the time.
   */
  protected boolean expiresInSeconds() {
    return true;
  }

  /**
   * Returns a command that listens on {@code 127.0.0.1} in the sandbox, for several connections one
   * after the other, and sends back what it gets until end of file. Default: {@code socat}.
   */
  protected List<String> echoServer(int port) {
    return List.of("socat", "TCP-LISTEN:" + port + ",bind=127.0.0.1,fork,reuseaddr", "EXEC:cat");
  }

  @BeforeEach
  final void openProvider() {
    provider = open();
    assertThat(leftovers()).isEmpty();
  }

  @AfterEach
  final void nothingIsLeftBehind() {
    try {
      leftovers().forEach(machine -> provider.delete(machine.id()));
      assertThat(leftovers()).isEmpty();
    } finally {
      provider.close();
    }
  }

  /** Machines: made, found, stopped and deleted. */
  @Nested
  class Machines extends ProviderMachinesContract {
    Machines() {
      super(ProviderContract.this);
    }
  }

  /** What cannot be honoured, and what limits do. */
  @Nested
  class Limits extends ProviderLimitsContract {
    Limits() {
      super(ProviderContract.this);
    }
  }

  /** Commands: arguments, variables, exit codes. */
  @Nested
  class Commands extends ProviderCommandsContract {
    Commands() {
      super(ProviderContract.this);
    }
  }

  /** The streams of commands. */
  @Nested
  class CommandStreams extends ProviderStreamsContract {
    CommandStreams() {
      super(ProviderContract.this);
    }
  }

  /** What ends before its time. */
  @Nested
  class Kills extends ProviderKillsContract {
    Kills() {
      super(ProviderContract.this);
    }
  }

  /** Files in and out. */
  @Nested
  class Transfers extends ProviderTransfersContract {
    Transfers() {
      super(ProviderContract.this);
    }
  }

  /** Directories of this machine. */
  @Nested
  class Mounts extends ProviderMountsContract {
    Mounts() {
      super(ProviderContract.this);
    }
  }

  /** Ports. */
  @Nested
  class Ports extends ProviderPortsContract {
    Ports() {
      super(ProviderContract.this);
    }
  }

  /** Terminals. */
  @Nested
  class Terminals extends ProviderTerminalsContract {
    Terminals() {
      super(ProviderContract.this);
    }
  }

  /** Returns a name that no other test uses. */
  final SandboxName name() {
    return new SandboxName(prefix + ++machines);
  }

  final boolean can(Capability capability) {
    return provider.capabilities().contains(capability);
  }

  /** The machines that this test made and that are still there. */
  final List<Machine> leftovers() {
    return provider.list().stream()
        .filter(machine -> machine.name().value().startsWith(prefix))
        .toList();
  }
}
