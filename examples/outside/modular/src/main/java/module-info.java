/** A program that runs on the module path. */
module outside {
  requires dev.dispense;

  provides dev.dispense.spi.SandboxProvider.Factory with
      outside.Nowhere;
}
