package org.bitgaze.pipelines.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.bitgaze.pipelines.output.Digests;

/**
 * Downloads a file: resumes an interrupted transfer, and verifies the digest before the file gets
 * its name. Uses the JVM's proxy ({@code https.proxyHost} and so on).
 */
public final class Download {
  private static final int TRIES = 5;

  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NORMAL)
          .proxy(ProxySelector.getDefault())
          .connectTimeout(Duration.ofSeconds(20))
          .build();

  /**
   * Downloads.
   *
   * @param address the file's address
   * @param file where to write; missing folders are created
   * @param sha256Prefix the first digits of the file's SHA-256, in hexadecimal
   * @param progress receives the number of bytes so far, from time to time
   * @throws IOException if the server refuses, the transfer fails repeatedly, or the digest
   *     differs; a partial transfer is kept for the next call, a wrong file is deleted
   */
  public void fetch(URI address, Path file, String sha256Prefix, LongConsumer progress)
      throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path part = file.resolveSibling(file.getFileName() + ".part");
    IOException broken = null;
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try {
        transfer(address, part, progress);
        verify(address, part, sha256Prefix);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return;
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        broken = e;
      }
    }
    throw new IOException(
        address
            + ": the transfer failed "
            + TRIES
            + " times ("
            + broken.getMessage()
            + "); the received part is kept, and the next call resumes",
        broken);
  }

  /** A failure that another attempt would not change. */
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  private void transfer(URI address, Path part, LongConsumer progress) throws IOException {
    long have = Files.exists(part) ? Files.size(part) : 0;
    HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(60));
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    HttpResponse<InputStream> response = send(request.build());
    try (InputStream in = response.body()) {
      int status = response.statusCode();
      if (status == 416) {
        // Nothing is left to send: the part is complete, or its digest is wrong.
        return;
      }
      if (status != 200 && status != 206) {
        throw new RefusedException(address + ": the server answered " + status);
      }
      boolean resumed = status == 206;
      long total = resumed ? have : 0;
      StandardOpenOption mode =
          resumed ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
      try (OutputStream out =
          Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          out.write(buffer, 0, n);
          total += n;
          progress.accept(total);
        }
      }
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RefusedException("interrupted");
    }
  }

  private static void verify(URI address, Path part, String sha256Prefix) throws IOException {
    String digest = Digests.of(part);
    if (!digest.startsWith(sha256Prefix)) {
      Files.delete(part);
      throw new RefusedException(
          address
              + ": the SHA-256 begins with "
              + digest.substring(0, sha256Prefix.length())
              + ", not with "
              + sha256Prefix
              + "; the file was deleted");
    }
  }
}
