package dev.dispense.docker.gateway;

import dev.dispense.NetworkPolicy;
import dev.dispense.docker.host.Layout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What makes the programs in a sandbox go by the gateway's proxy. */
public final class GatewayProxy {
  private static final String HOST = "127.0.0.1";
  private static final String URL = "http://" + HOST + ":" + SandboxGateway.PROXY_PORT;
  private static final String EXCEPTIONS = "localhost,127.0.0.1,::1";
  // Java takes the home from the list of users, where root has another, and not every user is.
  private static final String HOME =
      "MAVEN_OPTS=\"${MAVEN_OPTS:+$MAVEN_OPTS }-Duser.home=$HOME\"\n";

  private GatewayProxy() {}

  /** Returns the variables that curl, git, apt, npm, pip, cargo, Go and most others go by. */
  public static Map<String, String> environment(NetworkPolicy policy) {
    Map<String, String> environment = new TreeMap<>();
    if (policy instanceof NetworkPolicy.Allow) {
      for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")) {
        environment.put(name, URL);
      }
      environment.put("GRADLE_USER_HOME", Layout.PATHS.home() + "/.gradle");
    }
    environment.put("NO_PROXY", EXCEPTIONS);
    environment.put("no_proxy", EXCEPTIONS);
    return environment;
  }

  /** Returns the files in the user's home that Maven and Gradle go by, which know no variables. */
  public static Map<String, String> settings(NetworkPolicy policy) {
    return policy instanceof NetworkPolicy.Allow
        ? Map.of(
            ".mavenrc", HOME, ".m2/settings.xml", maven(), ".gradle/gradle.properties", gradle())
        : Map.of();
  }

  private static String maven() {
    return """
    <settings>
      <proxies>
        <proxy><id>http</id><protocol>http</protocol>%1$s</proxy>
        <proxy><id>https</id><protocol>https</protocol>%1$s</proxy>
      </proxies>
    </settings>
    """
        .formatted(
            "<host>%s</host><port>%d</port><nonProxyHosts>localhost|127.*</nonProxyHosts>"
                .formatted(HOST, SandboxGateway.PROXY_PORT));
  }

  private static String gradle() {
    StringBuilder text = new StringBuilder();
    for (String scheme : List.of("http", "https")) {
      text.append("systemProp.%s.proxyHost=%s\n".formatted(scheme, HOST));
      text.append("systemProp.%s.proxyPort=%d\n".formatted(scheme, SandboxGateway.PROXY_PORT));
    }
    return text.append("systemProp.http.nonProxyHosts=localhost|127.*\n").toString();
  }
}
