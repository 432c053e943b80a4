package org.bitgaze.pipelines.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A Flink cluster's REST interface.
 *
 * @param master host and port
 */
public record FlinkCluster(String master) {
  /** A cluster answers within milliseconds. */
  private static final int TIMEOUT_MILLIS = 5_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Requests the number of free slots.
   *
   * @return the number
   * @throws IOException if no Flink cluster answers
   */
  public int freeSlots() throws IOException {
    return overview().path("slots-available").asInt();
  }

  /**
   * Requests the number of registered task managers.
   *
   * @return the number
   * @throws IOException if no Flink cluster answers
   */
  public int taskManagers() throws IOException {
    return overview().path("taskmanagers").asInt();
  }

  /**
   * Requests one of the cluster's settings.
   *
   * @param name its name in Flink's configuration
   * @return its value; empty if it is not set
   * @throws IOException if no Flink cluster answers
   */
  public Optional<String> setting(String name) throws IOException {
    for (JsonNode entry : get("/jobmanager/config")) {
      if (entry.path("key").asText().equals(name)) {
        return Optional.of(entry.path("value").asText());
      }
    }
    return Optional.empty();
  }

  /**
   * Requests a job's state.
   *
   * @param jobName the job's name; the newest job of that name is taken
   * @return Flink's name of the state, such as RUNNING; empty if there is no such job, or no answer
   */
  public Optional<String> state(String jobName) {
    try {
      return named(jobName).map(job -> job.path("state").asText());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Requests the exception that made a job fail.
   *
   * @param jobName the job's name; the newest job of that name is taken
   * @return the root exception's stack trace; empty if the job did not fail
   * @throws IOException if no Flink cluster answers
   */
  public Optional<String> failure(String jobName) throws IOException {
    Optional<String> job = job(jobName);
    if (job.isEmpty()) {
      return Optional.empty();
    }
    String trace = get(job.get() + "/exceptions").path("root-exception").asText();
    return trace.isEmpty() ? Optional.empty() : Optional.of(trace);
  }

  /**
   * Requests the number of records that a step of a running job has received. Beam's own metrics
   * are known only when a task has ended.
   *
   * @param jobName the job's name
   * @param step a part of the step's name
   * @return the sum over all slots; 0 before the first record
   * @throws IOException if no Flink cluster answers
   */
  public long records(String jobName, String step) throws IOException {
    Optional<String> job = job(jobName);
    if (job.isEmpty()) {
      return 0;
    }
    long records = 0;
    for (JsonNode vertex : get(job.get()).path("vertices")) {
      if (vertex.path("name").asText().contains(step)) {
        String path = job.get() + "/vertices/" + vertex.path("id").asText();
        records += recordsIn(path + "/subtasks/metrics", step);
      }
    }
    return records;
  }

  /** The path of the newest job of a name. */
  private Optional<String> job(String name) throws IOException {
    return named(name).map(job -> "/jobs/" + job.path("jid").asText());
  }

  /** Several jobs may have one name, and Flink lists jobs in no order. */
  private Optional<JsonNode> named(String name) throws IOException {
    JsonNode newest = null;
    for (JsonNode job : get("/jobs/overview").path("jobs")) {
      boolean later = newest == null || started(job) > started(newest);
      if (job.path("name").asText().equals(name) && later) {
        newest = job;
      }
    }
    return Optional.ofNullable(newest);
  }

  private static long started(JsonNode job) {
    return job.path("start-time").asLong();
  }

  private long recordsIn(String metrics, String step) throws IOException {
    for (JsonNode metric : get(metrics)) {
      String id = metric.path("id").asText();
      // Flink also lists a step's output as a step, "Step_output".
      if (id.contains(step) && id.endsWith("numRecordsIn") && !id.contains("_output")) {
        String query = "?agg=sum&get=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
        return get(metrics + query).path(0).path("sum").asLong();
      }
    }
    return 0;
  }

  private JsonNode overview() throws IOException {
    JsonNode answer = get("/overview");
    if (!answer.has("slots-available")) {
      throw new IOException(master + " answers, but is not a Flink cluster");
    }
    return answer;
  }

  private JsonNode get(String path) throws IOException {
    String address = master.contains("://") ? master : "http://" + master;
    try {
      // The newer client class takes a quarter of a second to load, and jobs are short.
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address + path).toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      // A busy job manager answers with an error as JSON; the next request may succeed.
      boolean well = connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST;
      try (InputStream body = well ? connection.getInputStream() : connection.getErrorStream()) {
        return body == null ? MissingNode.getInstance() : JSON.readTree(body);
      }
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      throw new IOException(
          "no Flink cluster answers at "
              + master
              + " ("
              + e.getClass().getSimpleName()
              + "); 'flink-conf/cluster start' starts one",
          e);
    }
  }
}
