package dev.dispense.docker.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an unencrypted private key in any of the forms that openssl writes: PKCS #8, or that of its
 * algorithm (PKCS #1 for RSA, SEC 1 for elliptic curves). Java reads PKCS #8 alone, which is one of
 * the others in an envelope that names the algorithm (RFC 5208, RFC 8017 A.1.2, RFC 5915).
 */
final class PrivateKeyFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]*)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private static final int INTEGER = 0x02;
  private static final int OCTETS = 0x04;
  private static final int SEQUENCE = 0x30;
  private static final int PARAMETERS = 0xA0;
  private static final byte[] VERSION = {INTEGER, 1, 0};
  // The object identifier 1.2.840.113549.1.1.1, and no parameters.
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
  // The object identifier 1.2.840.10045.2.1; its parameter, the curve, follows.
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private PrivateKeyFile() {}

  /**
   * Returns the first private key in a text.
   *
   * @throws IOException when there is none that can be read
   */
  static PrivateKey read(String pem) throws IOException, GeneralSecurityException {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new IOException("key.pem holds no unencrypted private key");
    }
    byte[] key;
    try {
      key = Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new IOException("the private key in key.pem is damaged", e);
    }
    PKCS8EncodedKeySpec spec =
        new PKCS8EncodedKeySpec(
            switch (block.group(1)) {
              case "RSA PRIVATE KEY" -> envelope(RSA, key);
              case "EC PRIVATE KEY" -> envelope(concat(EC, curve(key)), key);
              default -> key;
            });
    InvalidKeySpecException failure = null;
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        failure = e;
      }
    }
    throw new IOException("the private key in key.pem is damaged, or of an unknown kind", failure);
  }

  private static byte[] envelope(byte[] algorithm, byte[] key) {
    return value(SEQUENCE, concat(VERSION, value(SEQUENCE, algorithm), value(OCTETS, key)));
  }

  /** Returns the name of the curve that a key of the form of SEC 1 is on. */
  private static byte[] curve(byte[] key) throws IOException {
    ByteBuffer outer = ByteBuffer.wrap(key);
    int kind = outer.hasRemaining() ? outer.get() & 0xFF : 0;
    ByteBuffer inner = kind == SEQUENCE ? content(outer) : outer;
    while (inner.hasRemaining()) {
      int tag = inner.get() & 0xFF;
      ByteBuffer content = content(inner);
      if (tag == PARAMETERS) {
        byte[] name = new byte[content.remaining()];
        content.get(name);
        return name;
      }
    }
    throw new IOException("the private key in key.pem does not say which curve it is on");
  }

  /** Takes the length and the content that follow a tag. */
  private static ByteBuffer content(ByteBuffer in) throws IOException {
    int length = in.hasRemaining() ? in.get() & 0xFF : 0;
    if (length > 0x80 && length <= 0x82 && in.remaining() >= length - 0x80) {
      length = length == 0x81 ? in.get() & 0xFF : in.getShort() & 0xFFFF;
    }
    if (length > in.remaining()) {
      throw new IOException("the private key in key.pem is damaged");
    }
    ByteBuffer content = in.slice(in.position(), length);
    in.position(in.position() + length);
    return content;
  }

  private static byte[] value(int tag, byte[] content) {
    int length = content.length;
    if (length < 0x80) {
      return concat(new byte[] {(byte) tag, (byte) length}, content);
    }
    if (length < 0x100) {
      return concat(new byte[] {(byte) tag, (byte) 0x81, (byte) length}, content);
    }
    byte[] head = {(byte) tag, (byte) 0x82, (byte) (length >> 8), (byte) length};
    return concat(head, content);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
