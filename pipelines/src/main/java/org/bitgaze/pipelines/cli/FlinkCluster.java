package org.bitgaze.pipelines.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A Flink cluster's REST interface.
 *
 * @param master host and port
 */
record FlinkCluster(String master) {
  /** Answers come in milliseconds, where there is a cluster. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  static FlinkCluster at(String master) {
    return new FlinkCluster(master);
  }

  /**
   * Asks how many slots are free.
   *
   * @throws UsageException if nobody answers, or no slot is free
   */
  int freeSlots() {
    int free = overview().path("slots-available").asInt();
    if (free < 1) {
      throw new UsageException(
          "the Flink cluster at "
              + master
              + " has no free slot; wait for other jobs, or start more task managers");
    }
    return free;
  }

  private JsonNode overview() {
    String address = master.contains("://") ? master : "http://" + master;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address + "/overview")).timeout(PATIENCE).build();
      HttpResponse<String> response =
          HttpClient.newBuilder()
              .connectTimeout(PATIENCE)
              .build()
              .send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode answer = new ObjectMapper().readTree(response.body());
      if (response.statusCode() != 200 || !answer.has("slots-available")) {
        throw new UsageException(
            "--flinkMaster " + master + " answers, but not as Flink's REST interface does");
      }
      return answer;
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(
          "no Flink cluster answers at --flinkMaster "
              + master
              + " ("
              + e.getClass().getSimpleName()
              + "); flink-conf/cluster start starts one");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UsageException("interrupted");
    }
  }
}
