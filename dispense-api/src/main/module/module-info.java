/** What programs, and authors of extensions, use of Dispense. */
module dev.dispense {
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.dispense;
  exports dev.dispense.spi;
  exports dev.dispense.support;

  uses dev.dispense.Dispense.Builder;
}
