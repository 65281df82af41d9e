package dev.dispense.core.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dispense.Secret;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreviewGuardTest {
  private static final String TOKEN = "T0k_n-";
  private static final String COOKIE = "Cookie: dispense-preview-4000=" + TOKEN;
  private static final String HOST = "Host: 127.0.0.1:4000";

  private final PreviewGuard door = new PreviewGuard(4000, Secret.of(TOKEN));

  private PreviewGuard.Verdict judge(String... lines) throws ProtocolException {
    String text = String.join("\r\n", lines) + "\r\n\r\n";
    HttpHead head = HttpHead.ofRequest(text.getBytes(StandardCharsets.ISO_8859_1));
    return door.judge(head);
  }

  private String passed(String... lines) throws ProtocolException {
    PreviewGuard.Verdict verdict = judge(lines);
    assertThat(verdict).isInstanceOf(PreviewGuard.Admitted.class);
    byte[] head = ((PreviewGuard.Admitted) verdict).request().bytes();
    return new String(head, StandardCharsets.ISO_8859_1);
  }

  private String answer(String... lines) throws ProtocolException {
    PreviewGuard.Verdict verdict = judge(lines);
    assertThat(verdict).isInstanceOf(PreviewGuard.Answered.class);
    byte[] bytes = ((PreviewGuard.Answered) verdict).answer().bytes(false);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "/?dispense=T0k_n-, /",
    "/?dispense=T0k_n-&a=1, /?a=1",
    "/a/b?x&dispense=T0k_n-&y=%20, /a/b?x&y=%20",
    "//evil.example/?dispense=T0k_n-, //evil.example/",
  })
  void theTokenInAnAddressBecomesACookie(String target, String rest) throws ProtocolException {
    assertThat(answer("GET " + target + " HTTP/1.1", HOST))
        .startsWith("HTTP/1.1 303 ")
        .contains("\r\nLocation: http://127.0.0.1:4000" + rest + "\r\n")
        .contains(
            "\r\nSet-Cookie: dispense-preview-4000=T0k_n-; Path=/; HttpOnly; SameSite=Strict\r\n")
        .contains("\r\nReferrer-Policy: no-referrer\r\n", "\r\nCache-Control: no-store\r\n");
  }

  @Test
  void aLinkOnAnotherSiteLeadsInToo() throws ProtocolException {
    assertThat(answer("GET /a?dispense=" + TOKEN + " HTTP/1.1", HOST, "Sec-Fetch-Site: cross-site"))
        .startsWith("HTTP/1.1 200 ")
        .contains("\r\nRefresh: 0; url=http://127.0.0.1:4000/a\r\n", "\r\nSet-Cookie: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Cookie: dispense-preview-4000=",
        "Cookie: dispense-preview-4000=T0k_n",
        "Cookie: dispense-preview-4000=T0k_n-x",
        "Cookie: dispense-preview-4001=T0k_n-",
        "Cookie: x-dispense-preview-4000=T0k_n-",
        "Authorization: Bearer t0k_n-",
        "Authorization: Basic T0k_n-",
        "Authorization: T0k_n-",
        "X-Authorization: Bearer T0k_n-",
      })
  void withoutTheTokenNothingPasses(String header) throws ProtocolException {
    String[] lines =
        header.isEmpty()
            ? new String[] {"GET /?dispense=T0k_n HTTP/1.1", HOST}
            : new String[] {"GET / HTTP/1.1", HOST, header};
    assertThat(answer(lines)).startsWith("HTTP/1.1 401 ").contains("whole address of the preview");
  }

  @Test
  void theTokenInTheAddressOfAPostIsNone() throws ProtocolException {
    assertThat(answer("POST /?dispense=" + TOKEN + " HTTP/1.1", HOST)).startsWith("HTTP/1.1 401 ");
  }

  @Test
  void whatLetsARequestInDoesNotReachTheServer() throws ProtocolException {
    assertThat(
            passed(
                "GET /a?b HTTP/1.1",
                HOST,
                "Cookie: a=1; dispense-preview-4000=T0k_n-; dispense-preview-5000=other; b=2",
                "Authorization: Bearer T0k_n-",
                "Accept: */*"))
        .isEqualTo(
            "GET /a?b HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nCookie: a=1; b=2\r\nAccept: */*\r\n\r\n");
    assertThat(passed("GET / HTTP/1.1", HOST, COOKIE)).doesNotContain("Cookie");
  }

  @Test
  void theServersOwnAuthorizationPasses() throws ProtocolException {
    assertThat(passed("GET / HTTP/1.1", HOST, COOKIE, "Authorization: Bearer of-the-app"))
        .contains("Authorization: Bearer of-the-app");
    assertThat(passed("GET / HTTP/1.1", HOST, "authorization: bearer T0k_n-"))
        .doesNotContainIgnoringCase("bearer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:4000",
        "127.0.0.1",
        "127.0.0.1:4001",
        "127.0.0.1:4000.evil.example",
        "localhost.evil.example:4000",
        "127.0.0.2:4000",
        "",
      })
  void anotherNameIsRefusedAlsoWithTheToken(String host) throws ProtocolException {
    assertThat(answer("GET /?dispense=" + TOKEN + " HTTP/1.1", "Host: " + host, COOKIE))
        .startsWith("HTTP/1.1 403 ")
        .doesNotContain("Set-Cookie");
  }

  @Test
  void aRequestHasOneHost() throws ProtocolException {
    assertThat(answer("GET / HTTP/1.1", COOKIE)).startsWith("HTTP/1.1 403 ");
    assertThatThrownBy(() -> judge("GET / HTTP/1.1", HOST, "Host: evil.example", COOKIE))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: https://127.0.0.1:4000",
        "Origin: http://127.0.0.1:4001",
        "Origin: http://localhost:4000",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
      })
  void anotherPageIsRefusedAlsoWithTheToken(String header) throws ProtocolException {
    assertThat(answer("POST / HTTP/1.1", HOST, COOKIE, header)).startsWith("HTTP/1.1 403 ");
  }

  @Test
  void thePreviewsOwnPagesAndTheUserPass() throws ProtocolException {
    passed("POST / HTTP/1.1", HOST, COOKIE, "Origin: http://127.0.0.1:4000");
    passed("POST / HTTP/1.1", "Host: LOCALHOST:4000", COOKIE, "Origin: http://localhost:4000");
    passed("POST / HTTP/1.1", HOST, COOKIE, "Origin: null", "Sec-Fetch-Site: same-origin");
    passed("GET / HTTP/1.1", HOST, COOKIE, "Sec-Fetch-Site: none");
  }

  @Test
  void aWebSocketPassesAndNoOtherUpgrade() throws ProtocolException {
    String[] socket = {
      "GET / HTTP/1.1", HOST, COOKIE, "Connection: x, Upgrade", "Upgrade: websocket"
    };
    assertThat(passed(socket)).endsWith("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assertThat(
            passed(
                "GET / HTTP/1.1",
                HOST,
                COOKIE,
                "Connection: Upgrade, HTTP2-Settings",
                "Upgrade: h2c",
                "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
        .isEqualTo("GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\n\r\n");
  }

  @Test
  void whatTellsWhereARequestEndsStays() throws ProtocolException {
    assertThat(
            passed(
                "POST / HTTP/1.1",
                HOST,
                COOKIE,
                "Connection: Content-Length, Host",
                "Content-Length: 3"))
        .isEqualTo("POST / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nContent-Length: 3\r\n\r\n");
  }

  @Test
  void theLastRequestOfAConnectionStaysTheLast() throws ProtocolException {
    assertThat(passed("GET / HTTP/1.1", HOST, COOKIE, "Connection: Close"))
        .contains("\r\nConnection: close\r\n");
    assertThat(passed("GET / HTTP/1.0", HOST, COOKIE)).contains("\r\nConnection: close\r\n");
  }
}
