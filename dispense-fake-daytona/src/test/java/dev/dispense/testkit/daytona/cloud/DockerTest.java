package dev.dispense.testkit.daytona.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class DockerTest {
  @Test
  void thisMachineIsTheGatewayOfTheBridge() throws IOException {
    assertThat(Docker.hostAddress("172.17.0.9 172.17.0.0/16\n")).isEqualTo("172.17.0.9");
    assertThat(Docker.hostAddress("fd00::1 fd00::/64\n10.1.2.1 10.1.2.0/24\n"))
        .isEqualTo("10.1.2.1");
  }

  @Test
  void thisMachineIsTheFirstOfTheSubnetWhereAnEngineTellsNoGateway() throws IOException {
    assertThat(Docker.hostAddress(" 172.17.0.0/16\n")).isEqualTo("172.17.0.1");
    assertThat(Docker.hostAddress("172.17.0.0/16")).isEqualTo("172.17.0.1");
    assertThat(Docker.hostAddress(" 10.9.8.64/26\n")).isEqualTo("10.9.8.65");
  }

  @Test
  void anEngineThatTellsNothingIsReported() {
    assertThatThrownBy(() -> Docker.hostAddress("")).isInstanceOf(IOException.class);
  }
}
