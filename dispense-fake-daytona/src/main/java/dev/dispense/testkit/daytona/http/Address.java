package dev.dispense.testkit.daytona.http;

import java.net.URI;

/** Where the server listens: one port for the API and the proxy, and one for SSH. */
public record Address(int port, int sshPort) {
  public URI api() {
    return URI.create("http://127.0.0.1:" + port + "/api");
  }

  public String proxy() {
    return "http://127.0.0.1:" + port;
  }

  public String toolbox() {
    return proxy() + "/toolbox";
  }

  /** The domain whose subdomains are previews; names below localhost need no DNS in browsers. */
  String previewDomain() {
    return "localhost:" + port;
  }

  public String preview(String port, String name) {
    return "http://" + port + "-" + name + "." + previewDomain();
  }

  public String sshCommand(String token) {
    return "ssh -p " + sshPort + " " + token + "@127.0.0.1";
  }
}
