/** The API of Dispense is all that a program requires; the rest is found as services. */
module app {
  requires dev.dispense;
}
