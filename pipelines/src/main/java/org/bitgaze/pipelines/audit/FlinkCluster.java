package org.bitgaze.pipelines.audit;

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
  /** Answers come in milliseconds, where there is a cluster. */
  private static final int PATIENCE_MILLIS = 5_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Asks how many slots are free.
   *
   * @return how many
   * @throws IOException if nobody answers, or not as Flink does
   */
  public int freeSlots() throws IOException {
    return overview().path("slots-available").asInt();
  }

  /**
   * Asks how many task managers there are.
   *
   * @return how many have registered
   * @throws IOException if nobody answers, or not as Flink does
   */
  public int taskManagers() throws IOException {
    return overview().path("taskmanagers").asInt();
  }

  /**
   * Asks for one of the cluster's settings.
   *
   * @param name its name in Flink's configuration
   * @return its value; nothing if it is not set
   * @throws IOException if nobody answers, or not as Flink does
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
   * Asks how a job is.
   *
   * @param jobName the job's name; of several, the newest counts
   * @return what Flink calls it, such as RUNNING; nothing if there is no such job, or nobody says
   */
  public Optional<String> state(String jobName) {
    try {
      return named(jobName).map(job -> job.path("state").asText());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Asks what a job died of.
   *
   * @param jobName the job's name
   * @return the root of the newest job of that name that failed: a stack trace
   * @throws IOException if nobody answers, or not as Flink does
   */
  public Optional<String> causeOfDeath(String jobName) throws IOException {
    Optional<String> job = job(jobName);
    if (job.isEmpty()) {
      return Optional.empty();
    }
    String trace = get(job.get() + "/exceptions").path("root-exception").asText();
    return trace.isEmpty() ? Optional.empty() : Optional.of(trace);
  }

  /**
   * Asks how many records a step of a running job has taken in; Beam's own metrics are known only
   * when a task has ended.
   *
   * @param jobName the job's name
   * @param step a part of the step's name
   * @return the sum over all slots; 0 while there is none
   * @throws IOException if nobody answers, or not as Flink does
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

  /** Flink lists jobs in no order; `layers` submits several of one name, and so may users. */
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
      // A step's output is a step of Flink's, too: "Step_output".
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
      throw new IOException("--flinkMaster " + master + " answers, but not as Flink does");
    }
    return answer;
  }

  private JsonNode get(String path) throws IOException {
    String address = master.contains("://") ? master : "http://" + master;
    try {
      // The older client: the newer one takes a quarter of a second to load, and jobs are short.
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(address + path).toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      // A master that is busy answers with an error and a reason; the next question may do better.
      boolean well = connection.getResponseCode() < HttpURLConnection.HTTP_BAD_REQUEST;
      try (InputStream body = well ? connection.getInputStream() : connection.getErrorStream()) {
        return body == null ? MissingNode.getInstance() : JSON.readTree(body);
      }
    } catch (IOException | IllegalArgumentException | ClassCastException e) {
      throw new IOException(
          "no Flink cluster answers at --flinkMaster "
              + master
              + " ("
              + e.getClass().getSimpleName()
              + "); flink-conf/cluster start starts one",
          e);
    }
  }
}
