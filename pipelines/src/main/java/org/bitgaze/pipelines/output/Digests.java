package org.bitgaze.pipelines.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests of files. */
public final class Digests {
  private Digests() {}

  /**
   * Computes a file's digest.
   *
   * @return 64 hexadecimal digits
   */
  public static String of(Path file) throws IOException {
    return of(Files.newInputStream(file));
  }

  /**
   * Computes the digest of bytes.
   *
   * @param stream the bytes; it is closed
   * @return 64 hexadecimal digits
   */
  public static String of(InputStream stream) throws IOException {
    try (InputStream in = stream) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
