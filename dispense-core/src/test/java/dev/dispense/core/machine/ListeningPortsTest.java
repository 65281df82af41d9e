package dev.dispense.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ListeningPortsTest {
  @Test
  void areReadFromTheKernelsTables() {
    String tables =
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
           1: 0100007F:0BB9 0100007F:A3C4 01 00000000:00000000 00:00000000 00000000     0        0 2
          sl  local_address                         remote_address                        st
           0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0
           1: 00000000000000000000000000000000:0BB8 00000000000000000000000000000000:0000 0A 0
        """;

    assertThat(ListeningPorts.of(tables)).containsExactly(3000, 8080);
  }

  @Test
  void areNoneWhereTheTablesSayNothingThatIsUnderstood() {
    assertThat(ListeningPorts.of("")).isEmpty();
    assertThat(ListeningPorts.of("0: x y 0A z\n\n0: 0100007F:ZZZZ 0 0A\n")).isEmpty();
  }
}
