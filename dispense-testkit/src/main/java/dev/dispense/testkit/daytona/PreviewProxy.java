package dev.dispense.testkit.daytona;
import java.io.IOException;
import java.util.Optional;
final class PreviewProxy {
  PreviewProxy(Cloud c) {}
  static Optional<Target> target(String host) { return Optional.empty(); }
  void handle(Call call, Target t) throws IOException {}
  record Target(String port, String name) {}
}
