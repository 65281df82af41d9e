/** The implementation of the API, found as a service. */
module dev.dispense.core {
  requires dev.dispense;
  requires org.slf4j;
  requires static org.jspecify;

  uses dev.dispense.spi.Agent;
  uses dev.dispense.spi.SandboxProvider.Factory;
  uses dev.dispense.spi.SourceProvider;

  provides dev.dispense.Dispense.Builder with
      dev.dispense.core.CoreDispense.Builder;
}
