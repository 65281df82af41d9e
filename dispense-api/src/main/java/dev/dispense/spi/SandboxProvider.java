package dev.dispense.spi;

import dev.dispense.Capability;
import dev.dispense.Command;
import dev.dispense.Diagnosis;
import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.NameTakenException;
import dev.dispense.NetworkPolicy;
import dev.dispense.NotFoundException;
import dev.dispense.Plugin;
import dev.dispense.PreviewUrl;
import dev.dispense.Progress;
import dev.dispense.RefusedException;
import dev.dispense.SandboxName;
import dev.dispense.SshAccess;
import dev.dispense.Streams;
import dev.dispense.TimedOutException;
import dev.dispense.UnavailableException;
import dev.dispense.support.Archive;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place where sandboxes run. It creates machines, runs commands in them, moves files, and lists
 * and deletes what it created; it knows nothing of agents, tasks, git or prompts.
 *
 * <p>Take care when adding to this interface: everything that is not here is built once, in the
 * core, for all providers. It grows by default methods only. The contract that every provider must
 * meet is a test in the testkit.
 *
 * <p>All methods block, may be called from several threads at once, and throw {@link
 * DispenseException} on an interrupt. A method given a machine that does not exist (any more)
 * throws {@link NotFoundException}; one given a machine that does not run, where it must, {@link
 * UnavailableException}; one asked for what it cannot do, {@link RefusedException}. Nothing is
 * remembered between calls that another process could change.
 */
public interface SandboxProvider extends AutoCloseable {
  /** Returns what this provider can do. */
  Set<Capability> capabilities();

  /** Returns where things are in the sandbox of that name; the same before and after creation. */
  SandboxLayout layout(SandboxName name);

  /**
   * Returns the host name by which an {@linkplain NetworkPolicy#OPEN open} sandbox reaches this
   * machine; empty when it cannot, as it is somewhere else.
   */
  default Optional<String> hostAddress() {
    return Optional.empty();
  }

  /**
   * Returns whether the default image holds {@link MachineSpec#software()} and common tools
   * already, so that they need not be looked for.
   */
  default boolean preinstalls() {
    return false;
  }

  /**
   * Creates a machine and starts it. The directories of the {@linkplain #layout layout} exist
   * afterwards and belong to the user of {@code spec}. When creation fails, nothing is left behind.
   *
   * @throws NameTakenException when a machine of that name exists, whoever created it
   * @throws UnavailableException when the image cannot be had
   * @throws RefusedException when a part of {@code spec} cannot be honoured
   */
  Machine create(MachineSpec spec, Progress.Listener progress);

  /** Returns all machines created through this kind of provider, by any process. */
  List<Machine> list();

  /** Returns the machine of exactly that name. */
  Optional<Machine> find(SandboxName name);

  /**
   * Runs a command and returns its exit code when it has ended and all its output has been
   * delivered. On a time-out or an interrupt, or when a stream throws, the command and all
   * processes that it started are killed in the sandbox first.
   *
   * <p>With a terminal in {@code streams}, the command gets one of that size, which follows the
   * terminal's size.
   *
   * @return 0 to 255; 127 when the program does not exist, 126 when it cannot be run
   * @throws TimedOutException when the command's time is up
   * @throws DispenseException when the exit code cannot be known
   */
  int exec(String machineId, Command command, Streams streams);

  /**
   * Extracts a tar archive into a directory of the sandbox, which is created when missing. What is
   * extracted belongs to the sandbox's user. The archive is streamed.
   *
   * @param tar an uncompressed tar archive; read to its end, not closed
   */
  void upload(String machineId, String directory, InputStream tar);

  /**
   * Returns a file or directory of the sandbox as an uncompressed tar archive, streamed as it is
   * read. Its entries start with the last part of {@code path}. The archive is made by what the
   * sandbox holds and is not to be trusted: read it with {@link Archive}.
   *
   * @return a stream that the caller must close
   * @throws NotFoundException when there is no such path
   */
  InputStream download(String machineId, String path);

  /**
   * Starts a stopped machine; does nothing when it runs. Refuses by default, for providers without
   * {@link Capability#STOP_START}.
   */
  default void start(String machineId) {
    throw new RefusedException(
        "This provider cannot start a machine that was stopped: delete it, and create another.");
  }

  /**
   * Stops a machine; does nothing when it is stopped. Refuses by default, for providers without
   * {@link Capability#STOP_START}.
   *
   * @param grace how long its processes have to end by themselves, rounded up to seconds
   */
  default void stop(String machineId, Duration grace) {
    throw new RefusedException("This provider cannot stop a machine, only delete it.");
  }

  /**
   * Lets a running machine stop by itself when that time is over, and again so long after each
   * start, whether or not this program still runs. Another call begins the time anew, or sets
   * another one. Refuses by default, for providers without {@link Capability#EXPIRY}.
   *
   * @param time at least a second; rounded up to what the provider can tell apart
   */
  default void expireAfter(String machineId, Duration time) {
    throw new RefusedException("This provider cannot let a machine stop by itself.");
  }

  /**
   * Gives a machine another name; it runs on, and its labels stay as they were. Refuses by default,
   * for providers without {@link Capability#RENAME}.
   *
   * @throws NameTakenException when a machine of that name exists; nothing is changed then
   */
  default void rename(String machineId, SandboxName name) {
    throw new RefusedException("This provider cannot give a machine another name.");
  }

  /** Deletes a machine, running or not, with its files; does nothing when it does not exist. */
  void delete(String machineId);

  /**
   * Connects to a TCP port that is open on a machine's loopback, and passes bytes on until the
   * server has closed the connection; at once, where nothing listens. Many connections may be open
   * at the same time. Refuses by default, for providers without {@link Capability#PORT_FORWARDING}.
   *
   * @param port 1 to 65535
   * @param in read to its end, which the server then sees
   * @param out receives what the server sends, each piece flushed
   * @throws DispenseException when {@code in} or {@code out} fails, or the thread is interrupted;
   *     the connection is cut
   */
  default void connect(String machineId, int port, InputStream in, OutputStream out) {
    throw new RefusedException("This provider cannot forward ports.");
  }

  /**
   * Returns a way into a running machine by SSH. There may be only one for each machine, so that a
   * new one ends those that were given out before. Refuses by default, for providers without {@link
   * Capability#SSH}.
   *
   * @param lifetime how long it lets people in, rounded up to minutes
   */
  default SshAccess ssh(String machineId, Duration lifetime) {
    throw new RefusedException("This provider gives no access by SSH from elsewhere.");
  }

  /**
   * Returns the address of what listens, now or later, on a TCP port of a machine. Refuses by
   * default, for providers without {@link Capability#PREVIEW_URL}.
   *
   * @param port 1 to 65535
   * @param access who can open it
   * @param lifetime how long a {@linkplain PreviewUrl.Access#SIGNED signed} address works, rounded
   *     up to seconds; not looked at for others
   * @throws RefusedException also when the provider keeps the port for itself, or the lifetime is
   *     longer than it allows
   */
  default PreviewUrl preview(
      String machineId, int port, PreviewUrl.Access access, Duration lifetime) {
    throw new RefusedException("This provider has no addresses for the ports of its machines.");
  }

  /** Returns what a sandbox may reach for which nothing is said; {@link NetworkPolicy#OPEN}. */
  default NetworkPolicy defaultNetwork() {
    return NetworkPolicy.OPEN;
  }

  /**
   * Returns the gateways through which sandboxes reach what is outside; empty, as by default, when
   * there are none, so that keys have to be delivered to the sandboxes and nothing is known of what
   * they reach.
   */
  default Optional<Gateways> gateways() {
    return Optional.empty();
  }

  /**
   * Removes what this user's provider keeps on this machine for machines that are gone, by a crash
   * or by somebody else's hand; not what belongs to one that a living process is creating. There is
   * nothing by default.
   */
  default void cleanUpOrphans() {}

  /**
   * Looks whether all is there that sandboxes need, and changes nothing. There is nothing to say by
   * default, beyond what the capabilities and {@link #list()} tell.
   *
   * @param subject what the findings are said to be about
   * @param software what agents need in the default image
   */
  default List<Diagnosis.Finding> diagnose(String subject, List<Software> software) {
    return List.of();
  }

  /** Frees what the client side holds; machines go on. Closing twice does nothing. */
  @Override
  void close();

  /** Makes a provider; this is what {@link java.util.ServiceLoader} finds. */
  interface Factory extends Plugin {
    /** Returns the id by which the provider is chosen: lower-case letters, digits and hyphens. */
    String id();

    /** Returns its {@link #id()} alone. */
    @Override
    default Set<String> ids() {
      return Set.of(id());
    }

    /**
     * Returns whether this user has set the provider up, such as by a key. One that is not set up
     * is passed over where all providers are asked, and only opened when it is meant by its id.
     * Makes no connection. Always by default.
     */
    default boolean isConfigured(Environment host) {
      return true;
    }

    /**
     * Opens the provider for a host. Makes no connection that the caller must wait for long: a
     * provider that cannot be reached says so here or at the first call.
     *
     * @throws UnavailableException when something must be installed, started or configured first;
     *     the message says what
     */
    SandboxProvider open(Environment host);
  }
}
