package dev.dispense.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dispense.RefusedException;
import dev.dispense.Secret;
import dev.dispense.UnavailableException;
import dev.dispense.spi.Agent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClaudeCredentialTest {
  @TempDir Path directory;

  @Test
  void deliversKeysThroughDescriptorsWhereTheAgentReadsThem() {
    Agent.Launch key = new Requests().variable("ANTHROPIC_API_KEY", "a").launch();
    assertThat(key.secretDescriptors())
        .containsOnly(entry("CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR", "a"));
    assertThat(key.secretVariables()).isEmpty();

    Agent.Launch oauth = new Requests().variable("CLAUDE_CODE_OAUTH_TOKEN", "o").launch();
    assertThat(oauth.secretDescriptors())
        .containsOnly(entry("CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR", "o"));

    Agent.Launch token = new Requests().variable("ANTHROPIC_AUTH_TOKEN", "t").launch();
    assertThat(token.secretVariables()).containsOnly(entry("ANTHROPIC_AUTH_TOKEN", "t"));
    assertThat(token.secretDescriptors()).isEmpty();
  }

  @Test
  void prefersTheTaskThenTheSettingsThenTheEnvironment() {
    Requests requests =
        new Requests()
            .variable("ANTHROPIC_AUTH_TOKEN", "from-environment")
            .variable("OTHER", "from-setting");
    assertThat(delivered(requests)).isEqualTo(Secret.of("from-environment"));
    requests.setting("anthropic.api-key", "env:OTHER");
    assertThat(delivered(requests)).isEqualTo(Secret.of("from-setting"));
    requests.secret("CLAUDE_CODE_OAUTH_TOKEN", "from-task");
    assertThat(delivered(requests)).isEqualTo(Secret.of("from-task"));
  }

  @Test
  void deliversOneKeyInTheAgentsOwnOrder() {
    Requests requests = new Requests().variable("CLAUDE_CODE_OAUTH_TOKEN", "oauth");
    assertThat(delivered(requests)).isEqualTo(Secret.of("oauth"));
    requests.variable("ANTHROPIC_API_KEY", "key");
    assertThat(delivered(requests)).isEqualTo(Secret.of("key"));
    requests.variable("ANTHROPIC_AUTH_TOKEN", "token");
    assertThat(delivered(requests)).isEqualTo(Secret.of("token"));
  }

  @Test
  void readsAKeyFromAFileThatOnlyItsOwnerCanRead() throws Exception {
    Path file = file("sk-file\n", "rw-------");
    Requests requests = new Requests().setting("anthropic.api-key", "file:" + file);

    assertThat(delivered(requests)).isEqualTo(Secret.of("sk-file"));
    assertThat(new ClaudeCodeAgent().credential(requests.host()))
        .hasValue("the file " + file + " (setting anthropic.api-key)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----"})
  void refusesAFileThatOthersCanRead(String permissions) throws Exception {
    Path file = file("sk-file", permissions);

    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> new Requests().setting("anthropic.api-key", "file:" + file).launch())
        .withMessageContaining("chmod 600")
        .withMessageNotContaining("sk-file");
  }

  @Test
  void refusesASettingThatHoldsTheKeyItself() {
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> new Requests().setting("anthropic.api-key", "sk-ant-1").launch())
        .withMessageContaining("env:NAME")
        .withMessageNotContaining("sk-ant-1");
  }

  @Test
  void saysWhichReferenceLeadsNowhere() {
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> new Requests().setting("claude.oauth-token", "env:NONE").launch())
        .withMessageContaining("NONE")
        .withMessageContaining("claude.oauth-token");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(
            () ->
                new Requests()
                    .setting("anthropic.api-key", "file:" + directory.resolve("none"))
                    .launch())
        .withMessageContaining("no such file");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> new Requests().setting("anthropic.api-key", "file:key").launch())
        .withMessageContaining("not absolute");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(
            () -> new Requests().setting("anthropic.api-key", "file:" + directory).launch());
  }

  @Test
  void refusesAKeyOfSeveralLinesAndAnEmptyOne() throws Exception {
    Path lines = file("sk-one\nsk-two\n", "rw-------");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> new Requests().setting("anthropic.api-key", "file:" + lines).launch())
        .withMessageContaining("more than one line")
        .withMessageNotContaining("sk-one");
    Path empty = file("\n", "rw-------");
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> new Requests().setting("anthropic.api-key", "file:" + empty).launch())
        .withMessageContaining("empty");
  }

  @Test
  void saysWhereItLookedWhenThereIsNone() {
    assertThat(new ClaudeCodeAgent().credential(new Requests().host())).isEmpty();
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> new Requests().launch())
        .withMessageContaining("ANTHROPIC_API_KEY (setting anthropic.api-key)")
        .withMessageContaining("claude setup-token");
  }

  private Path file(String content, String permissions) throws Exception {
    Path file = Files.createTempFile(directory, "key", null);
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  private static Secret delivered(Requests requests) {
    Agent.Launch launch = requests.launch();
    assertThat(launch.secretVariables().size() + launch.secretDescriptors().size()).isEqualTo(1);
    return launch.secretVariables().values().stream()
        .findFirst()
        .orElseGet(() -> launch.secretDescriptors().values().iterator().next());
  }

  private static Map.Entry<String, Secret> entry(String name, String secret) {
    return Map.entry(name, Secret.of(secret));
  }
}
