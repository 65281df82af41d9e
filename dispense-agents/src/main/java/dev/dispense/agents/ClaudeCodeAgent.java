package dev.dispense.agents;

import dev.dispense.DispenseException;
import dev.dispense.Environment;
import dev.dispense.RefusedException;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import dev.dispense.spi.Software;
import java.util.List;
import java.util.Optional;

/**
 * Anthropic's Claude Code, run as {@code claude -p} with all permissions: the sandbox is what holds
 * it. What this class says of the program was seen with version {@value #VERSION}.
 *
 * <p><b>Keys.</b> Exactly one credential is delivered. It is looked for first among the secrets of
 * the task, then in the settings, then in the host's environment; and in each of these in the order
 * in which Claude Code itself prefers them:
 *
 * <table>
 * <caption>Credentials</caption>
 * <tr><th>secret or variable</th><th>setting</th><th>how it reaches the agent</th></tr>
 * <tr><td>{@code ANTHROPIC_AUTH_TOKEN}</td><td>{@code anthropic.auth-token}</td>
 *   <td>an environment variable, which the commands that the agent runs can see</td></tr>
 * <tr><td>{@code ANTHROPIC_API_KEY}</td><td>{@code anthropic.api-key}</td>
 *   <td>a file descriptor, which those commands do not inherit</td></tr>
 * <tr><td>{@code CLAUDE_CODE_OAUTH_TOKEN}, made by {@code claude setup-token}</td>
 *   <td>{@code claude.oauth-token}</td><td>a file descriptor</td></tr>
 * </table>
 *
 * <p>A setting does not hold the key but says where it is: {@code env:NAME} is an environment
 * variable of the host, {@code file:/path} an absolute path of a file that only its owner can read.
 * A key that the agent can use it can also give away: no way of delivery prevents that.
 *
 * <p><b>The model.</b> The setting {@code anthropic.base-url}, or else the variable {@code
 * ANTHROPIC_BASE_URL}, is passed on. When it names this machine's loopback, the sandbox gets the
 * name by which it reaches this machine instead; the model server must then listen on an address
 * that sandboxes reach, not on the loopback only. {@code host.docker.internal} stays as it is. The
 * variables for the choice of models, time-outs and limits are passed on too, and so is {@code
 * ANTHROPIC_CUSTOM_HEADERS}, as a secret and of one line. Calls to the model that fail are tried 3
 * more times, unless {@code CLAUDE_CODE_MAX_RETRIES} says otherwise.
 *
 * <p><b>Prompts.</b> A prompt that begins with {@code /} and the name of a command or skill runs
 * that, as it does at Claude Code's own prompt, so that commands of the project can be used. A
 * built-in command that asks nothing of the model counts as a failure, as no work was done.
 *
 * <p><b>Version.</b> The setting {@code claude.version} chooses another version than {@value
 * #VERSION}, from 2.1.113 on. Its download is then checked against what the registry says of it,
 * not against a checksum of this library.
 */
public final class ClaudeCodeAgent implements Agent {
  static final String VERSION = "2.1.330";

  /** Makes the agent; {@link java.util.ServiceLoader} calls this. */
  public ClaudeCodeAgent() {}

  @Override
  public String id() {
    return "claude";
  }

  @Override
  public String displayName() {
    return "Claude Code";
  }

  /**
   * {@inheritDoc}
   *
   * @throws RefusedException when the setting {@code claude.version} is not a version
   */
  @Override
  public List<Software> software(Environment host) {
    return List.of(ClaudeSoftware.of(host));
  }

  @Override
  public boolean usesRoutes() {
    return true;
  }

  @Override
  public Launch launch(Request request) {
    return ClaudeLaunch.of(request);
  }

  @Override
  public Parser parser() {
    return new ClaudeOutput();
  }

  @Override
  public Verdict assess(Ending ending) {
    return ClaudeVerdict.of(ending);
  }

  /**
   * {@inheritDoc}
   *
   * @throws DispenseException when a setting names a key that cannot be used: {@link
   *     UnavailableException} when it is not there, {@link RefusedException} when others can read
   *     it
   */
  @Override
  public Optional<String> credential(Environment host) {
    return ClaudeCredential.find(host).map(ClaudeCredential::origin);
  }
}
