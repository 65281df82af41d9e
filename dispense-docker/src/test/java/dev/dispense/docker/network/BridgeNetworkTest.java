package dev.dispense.docker.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BridgeNetworkTest {
  @Test
  void theGatewayIsTheOneThatTheEngineReports() {
    assertThat(BridgeNetwork.gateway("172.18.0.9", "172.18.0.0/16")).hasValue("172.18.0.9");
    assertThat(BridgeNetwork.gateway("172.18.0.1/16", null)).hasValue("172.18.0.1");
  }

  @Test
  void withoutAReportItIsTheFirstAddressOfTheSubnet() {
    assertThat(BridgeNetwork.gateway(null, "172.17.0.0/16")).hasValue("172.17.0.1");
    assertThat(BridgeNetwork.gateway("", "10.9.8.64/26")).hasValue("10.9.8.65");
  }

  @Test
  void aSubnetOfIpv6HasNone() {
    assertThat(BridgeNetwork.gateway("fd00::1", "fd00::/64")).isEmpty();
    assertThat(BridgeNetwork.gateway(null, "fd00::/64")).isEmpty();
    assertThat(BridgeNetwork.gateway(null, null)).isEmpty();
  }
}
