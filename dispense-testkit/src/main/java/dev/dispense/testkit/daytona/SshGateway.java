package dev.dispense.testkit.daytona;
final class SshGateway implements AutoCloseable {
  static SshGateway open(Cloud cloud) { return new SshGateway(); }
  int port() { return 22; }
  @Override public void close() {}
}
