package dev.dispense.core.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpBodyTest {
  private static HttpHead request(String headers) throws ProtocolException {
    return HttpHead.ofRequest(bytes("POST / HTTP/1.1\r\n" + headers + "\r\n"));
  }

  private static HttpHead answer(String head) throws ProtocolException {
    return HttpHead.ofAnswer(bytes(head + "\r\n\r\n"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns what is passed on of an input, and what is left of it. */
  private static String passed(HttpBody body, String input) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes(input));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    body.copy(in, out);
    return out.toString(StandardCharsets.ISO_8859_1)
        + "|"
        + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void aRequestEndsWhereItsLengthSays() throws IOException {
    assertThat(passed(HttpBody.ofRequest(request("")), "GET")).isEqualTo("|GET");
    assertThat(passed(HttpBody.ofRequest(request("content-length: 3\r\n")), "abcGET"))
        .isEqualTo("abc|GET");
  }

  @Test
  void chunksEndWithTheirTrailer() throws IOException {
    HttpBody chunks = HttpBody.ofRequest(request("Transfer-Encoding: Chunked\r\n"));
    String sent = "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nDigest: z\r\n\r\n";

    assertThat(passed(chunks, sent + "GET")).isEqualTo(sent + "|GET");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 3\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: +3\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x3\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        "Transfer-Encoding:\r\n",
      })
  void aLengthThatCanBeReadInTwoWaysIsRefused(String headers) {
    assertThatThrownBy(() -> HttpBody.ofRequest(request(headers)))
        .isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3\nabc\r\n0\r\n\r\n",
        "3\r\nabc\n0\r\n\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "3;a\nb\r\nabc\r\n0\r\n\r\n",
        "3;a\rb\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        " 3\r\nabc\r\n0\r\n\r\n",
        "\r\nabc\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\nabc",
        "3\r\nab",
        "3",
        "0\r\nA: b",
      })
  void chunksThatCanBeReadInTwoWaysAreRefused(String sent) throws ProtocolException {
    HttpBody chunks = HttpBody.ofRequest(request("Transfer-Encoding: chunked\r\n"));
    assertThatThrownBy(() -> passed(chunks, sent)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET /\tHTTP/1.1\r\n\r\n",
        "GET /a\tb HTTP/1.1\r\n\r\n",
        "GET http://127.0.0.1/ HTTP/1.1\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET /\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n\r\n",
        "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      })
  void aHeadThatCanBeReadInTwoWaysIsRefused(String head) throws IOException {
    byte[] read = HttpHead.read(new ByteArrayInputStream(bytes(head)));
    assertThatThrownBy(() -> HttpHead.ofRequest(read)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aHeadWithoutEndIsRefused() throws IOException {
    byte[] read =
        HttpHead.read(
            new ByteArrayInputStream(bytes("GET / HTTP/1.1\r\nA: " + "b".repeat(1 << 20))));
    assertThat(read).hasSize(HttpHead.MAX_BYTES);
    assertThatThrownBy(() -> HttpHead.ofRequest(read)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void anAnswerWithoutALengthGoesToTheEnd() throws IOException {
    assertThat(passed(HttpBody.ofAnswer(answer("HTTP/1.1 200 OK"), false), "abc"))
        .isEqualTo("abc|");
    String twice = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked";
    assertThat(passed(HttpBody.ofAnswer(answer(twice), false), "abc")).isEqualTo("abc|");
  }

  @Test
  void someAnswersHaveNoBody() throws IOException {
    String length = "\r\nContent-Length: 3";
    assertThat(passed(HttpBody.ofAnswer(answer("HTTP/1.1 200 OK" + length), false), "abcH"))
        .isEqualTo("abc|H");
    assertThat(passed(HttpBody.ofAnswer(answer("HTTP/1.1 200 OK" + length), true), "H"))
        .isEqualTo("|H");
    assertThat(passed(HttpBody.ofAnswer(answer("HTTP/1.1 304 Not Modified" + length), false), "H"))
        .isEqualTo("|H");
    assertThat(passed(HttpBody.ofAnswer(answer("HTTP/1.1 204 No Content"), false), "H"))
        .isEqualTo("|H");
  }
}
