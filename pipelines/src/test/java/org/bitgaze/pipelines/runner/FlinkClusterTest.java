package org.bitgaze.pipelines.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is made of a master's answers. */
class FlinkClusterTest {
  private HttpServer server;
  private int status = 200;
  private String answer = "{}";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private FlinkCluster cluster() {
    return new FlinkCluster("localhost:" + server.getAddress().getPort());
  }

  @Test
  void slotsAreAskedFor() throws IOException {
    answer = "{\"slots-available\": 3, \"taskmanagers\": 2}";
    assertEquals(3, cluster().freeSlots());
    assertEquals(2, cluster().taskManagers());
  }

  @Test
  void theNewestJobOfANameIsFound() {
    answer =
        "{\"jobs\": [{\"name\": \"other\", \"state\": \"FAILED\", \"start-time\": 9},"
            + " {\"name\": \"job\", \"state\": \"FINISHED\", \"start-time\": 7},"
            + " {\"name\": \"job\", \"state\": \"RUNNING\", \"start-time\": 8},"
            + " {\"name\": \"job\", \"state\": \"FAILED\", \"start-time\": 6}]}";
    assertEquals(Optional.of("RUNNING"), cluster().state("job"));
    assertEquals(Optional.empty(), cluster().state("none"));
    FlinkCluster gone = cluster();
    server.stop(0);
    assertEquals(Optional.empty(), gone.state("job"));
  }

  /** A running job is not lost because its master was busy for a moment. */
  @Test
  void anErrorIsNoReasonToGiveUp() throws IOException {
    status = 503;
    answer = "{\"errors\": [\"ongoing leader election\"]}";
    assertEquals(0, cluster().records("job", "step"));
    assertEquals(Optional.empty(), cluster().failure("job"));
    assertEquals(Optional.empty(), cluster().state("job"));
    answer = "";
    assertEquals(0, cluster().records("job", "step"));
  }

  @Test
  void whoAnswersOtherwiseOrNotAtAllIsNoCluster() {
    IOException e = assertThrows(IOException.class, () -> cluster().freeSlots());
    assertTrue(e.getMessage().contains("is not a Flink cluster"), e.getMessage());
    FlinkCluster gone = cluster();
    server.stop(0);
    e = assertThrows(IOException.class, gone::freeSlots);
    assertTrue(e.getMessage().contains("flink-conf/cluster start"), e.getMessage());
  }
}
