package dev.dispense.testkit.daytona;

import java.net.URI;

/** Where the server listens: one port for the API and the proxy, and one for SSH. */
record Address(int port, int sshPort) {
  URI api() {
    return URI.create("http://127.0.0.1:" + port + "/api");
  }

  String proxy() {
    return "http://127.0.0.1:" + port;
  }

  String toolbox() {
    return proxy() + "/toolbox";
  }

  /** The domain whose subdomains are previews; names below localhost need no DNS in browsers. */
  String previewDomain() {
    return "localhost:" + port;
  }

  String preview(String port, String name) {
    return "http://" + port + "-" + name + "." + previewDomain();
  }

  String sshCommand(String token) {
    return "ssh -p " + sshPort + " " + token + "@127.0.0.1";
  }
}
