package org.bitgaze.pipelines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitgaze.pipelines.download.Download;
import org.bitgaze.pipelines.output.Digests;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on the loopback address that breaks off, lies and refuses. */
class DownloadTest {
  @TempDir private Path folder;
  private final byte[] content = new byte[300_000];
  private final List<String> ranges = new ArrayList<>();
  private int breaks;
  private HttpServer server;
  private String sha256;

  @BeforeEach
  void serve() throws IOException {
    new Random(1).nextBytes(content);
    sha256 = Digests.of(Files.write(folder.resolve("original"), content));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/file", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(String.valueOf(range));
    int from = range == null ? 0 : start(range);
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
    if (breaks-- > 0) {
      exchange.getResponseBody().write(rest, 0, rest.length / 2);
      exchange.getResponseBody().flush();
      exchange.close();
      return;
    }
    exchange.getResponseBody().write(rest);
    exchange.close();
  }

  @Test
  void resumesWhereTheTransferBroke() throws IOException {
    breaks = 2;
    Path file = folder.resolve("cache/weights.pth");
    List<Long> progress = new ArrayList<>();
    new Download().fetch(address("/file"), file, sha256.substring(0, 8), progress::add);
    assertArrayEquals(content, Files.readAllBytes(file));
    // Each request asks for what is missing; how much of a broken transfer arrives is the
    // network's.
    assertEquals(3, ranges.size());
    assertEquals("null", ranges.get(0));
    assertTrue(start(ranges.get(1)) > 0 && start(ranges.get(1)) <= 150_000, ranges.toString());
    assertTrue(start(ranges.get(2)) > start(ranges.get(1)), ranges.toString());
    assertEquals(content.length, progress.get(progress.size() - 1));
    assertFalse(Files.exists(folder.resolve("cache/weights.pth.part")));
  }

  private static int start(String range) {
    return Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
  }

  @Test
  void aLaterCallResumes() throws IOException {
    breaks = 100;
    Path file = folder.resolve("weights.pth");
    IOException e =
        assertThrows(
            IOException.class,
            () -> new Download().fetch(address("/file"), file, sha256.substring(0, 8), n -> {}));
    assertTrue(e.getMessage().contains("failed 5 times"), e.getMessage());
    assertFalse(Files.exists(file));
    breaks = 0;
    ranges.clear();
    new Download().fetch(address("/file"), file, sha256.substring(0, 8), n -> {});
    assertArrayEquals(content, Files.readAllBytes(file));
    assertTrue(ranges.get(0).startsWith("bytes="), ranges.toString());
  }

  @Test
  void aWrongDigestIsNotKept() {
    Path file = folder.resolve("weights.pth");
    IOException e =
        assertThrows(
            IOException.class,
            () -> new Download().fetch(address("/file"), file, "00000000", n -> {}));
    assertTrue(
        e.getMessage().contains("begins with " + sha256.substring(0, 8) + ", not with 00000000"),
        e.getMessage());
    assertFalse(Files.exists(file));
    assertFalse(Files.exists(folder.resolve("weights.pth.part")));
    assertEquals(1, ranges.size());
  }

  @Test
  void aRefusalIsNotTriedAgain() {
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                new Download()
                    .fetch(address("/nothing"), folder.resolve("w"), "00000000", n -> {}));
    assertTrue(e.getMessage().endsWith("the server answered 404"), e.getMessage());
  }
}
