package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was run, where and how fast: {@code run.json}.
 *
 * @param command the command line
 * @param started when, in UTC (ISO 8601)
 * @param seconds how long the job took
 * @param counts what the job counted, by name
 * @param process what it took of the process that ran it, by name, such as {@code peak_megabytes};
 *     empty where others ran it
 * @param settings every setting that decides the results, by name
 * @param models the models, in the order in which they were asked for
 * @param candidates networks that stood in for a model, by the labels of their maps
 * @param precisions what maps are called: f32 first, candidates last
 * @param measures ids of all measures, in their order
 * @param ranges where the ranges of quantized activations come from
 * @param protocol how networks were run, quantized and explained: its name, and all its steps
 * @param vanished what the summary does with maps that vanished
 * @param gate what must hold of the results, see {@code bitgaze audit --gate}; empty if nothing was
 *     said
 * @param classNames what classes are called, by index; empty if that is not known
 * @param versions of Bitgaze and what it runs on
 * @param host where the command ran, by name, such as {@code processor}; with what computed
 *     convolutions, which decides last bits, if that was here
 */
public record RunInfo(
    List<String> command,
    String started,
    double seconds,
    Map<String, Long> counts,
    Map<String, Double> process,
    Map<String, String> settings,
    List<ModelInfo> models,
    List<ModelInfo> candidates,
    List<String> precisions,
    List<String> measures,
    String ranges,
    String protocol,
    String vanished,
    String gate,
    List<String> classNames,
    Map<String, String> versions,
    Map<String, String> host) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** What earlier versions did not write is empty. */
  public RunInfo {
    gate = gate == null ? "" : gate;
    process = process == null ? Map.of() : process;
    candidates = candidates == null ? List.of() : candidates;
    classNames = classNames == null ? List.of() : classNames;
  }

  /**
   * A model.
   *
   * @param id its name in all tables
   * @param title its name for people
   * @param network torchvision's name of the network
   * @param targetLayer layer whose activations the maps weigh
   * @param preprocessing what is done to images, see {@link org.bitgaze.model.Model#preparation}
   * @param classes how many it tells apart
   * @param location where the weights are
   * @param sha256 the weights' digest, in hexadecimal
   */
  public record ModelInfo(
      String id,
      String title,
      String network,
      String targetLayer,
      String preprocessing,
      int classes,
      String location,
      String sha256) {}

  /**
   * Returns the same with what came out.
   *
   * @param took how long the job took, in seconds
   * @param counted what the job counted, by name
   * @param spent what it took of this process, by name
   * @param found what is known of the host by now, by name
   * @return a new description
   */
  public RunInfo ended(
      double took,
      Map<String, Long> counted,
      Map<String, Double> spent,
      Map<String, String> found) {
    Map<String, String> where = new LinkedHashMap<>(host);
    where.putAll(found);
    return new RunInfo(
        command,
        started,
        took,
        counted,
        spent,
        settings,
        models,
        candidates,
        precisions,
        measures,
        ranges,
        protocol,
        vanished,
        gate,
        classNames,
        versions,
        where);
  }

  /**
   * Returns a count.
   *
   * @param name of the count
   * @return 0 if nothing was counted
   */
  public long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /**
   * Returns the models' names for people.
   *
   * @return by id, in the models' order
   */
  public Map<String, String> titles() {
    Map<String, String> titles = new LinkedHashMap<>();
    models.forEach(m -> titles.put(m.id(), m.title()));
    return titles;
  }

  /**
   * Reads a description.
   *
   * @param file what {@link #write} wrote
   * @return the description
   * @throws IOException if it cannot be read
   */
  public static RunInfo read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), RunInfo.class);
  }

  /**
   * Writes the description.
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }
}
