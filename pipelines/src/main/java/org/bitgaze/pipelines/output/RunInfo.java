package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A run's description: {@code run.json}.
 *
 * @param command the command line
 * @param started when, in UTC (ISO 8601)
 * @param seconds how long the job took
 * @param counts what the job counted, by name
 * @param process what the process that ran the job used, by name, such as {@code peak_megabytes};
 *     empty if workers were other processes
 * @param settings every setting that decides the results, by name
 * @param models the models, in the order in which they were given
 * @param candidates replacement models; their ids are the labels of their maps
 * @param precisions the labels of maps: f32 first, candidates last
 * @param measures ids of all measures, in their order
 * @param ranges where the ranges of quantized activations come from
 * @param protocol the protocol's name and all its steps
 * @param vanished how the summary treats maps that vanished
 * @param gate conditions on the results, see {@code bitgaze audit --gate}; empty if there are none
 * @param classNames names of the classes, by index; empty if they are not known
 * @param versions of Bitgaze and what it runs on
 * @param host properties of the host that ran the command, by name, such as {@code processor}; and,
 *     if it computed the maps, the library of its convolutions, which decides the last bits
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

  /** Fields that a file lacks are empty. */
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
   * @param title its name in headings
   * @param network torchvision's name of the network
   * @param targetLayer layer whose activations the maps weigh
   * @param preprocessing what is done to images, see {@link org.bitgaze.model.Model#preparation}
   * @param classes the number of classes
   * @param location where the weights are
   * @param sha256 the weights' digest, in hexadecimal
   * @param notices what the user should know of the file, one sentence each
   */
  public record ModelInfo(
      String id,
      String title,
      String network,
      String targetLayer,
      String preprocessing,
      int classes,
      String location,
      String sha256,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notices) {

    /** Fields that a file lacks are empty. */
    public ModelInfo {
      notices = notices == null ? List.of() : notices;
    }
  }

  /**
   * Adds what is known when the job has ended.
   *
   * @param took the job's time, in seconds
   * @param counted what the job counted, by name
   * @param spent what this process used, by name
   * @param found what else is known about the host, by name
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
   * Describes this run as the continuation of an earlier one.
   *
   * @param firstCommand the command line that began it
   * @param firstStarted when that was
   * @param firstSettings the settings of that command line
   */
  public RunInfo continuing(
      List<String> firstCommand, String firstStarted, Map<String, String> firstSettings) {
    return new RunInfo(
        firstCommand,
        firstStarted,
        seconds,
        counts,
        process,
        firstSettings,
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
        host);
  }

  /** {@return the count; 0 if nothing was counted} */
  public long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** {@return what the user should know of the models' files, each with the model's id} */
  public List<String> notices() {
    List<String> all = new ArrayList<>();
    Stream.concat(models.stream(), candidates.stream())
        .forEach(m -> m.notices().forEach(notice -> all.add(m.id() + ": " + notice)));
    return all;
  }

  /** {@return a warning of maps whose weights are near a pole; empty if there are none} */
  public Optional<String> unstableMaps() {
    return unstableMaps(count("maps_unstable"));
  }

  /**
   * Warns of maps whose weights are near a pole of the method.
   *
   * @param maps how many there are
   * @return a sentence; empty if there are none
   */
  public static Optional<String> unstableMaps(long maps) {
    return maps == 0
        ? Optional.empty()
        : Optional.of(
            maps
                + " maps are unstable: the target layer has negative values, where the weights of"
                + " this CAM method have poles; use --cam layercam");
  }

  /** {@return the models' titles by id, in the models' order} */
  public Map<String, String> titles() {
    Map<String, String> titles = new LinkedHashMap<>();
    models.forEach(m -> titles.put(m.id(), m.title()));
    return titles;
  }

  /** {@return the description} */
  public static RunInfo read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), RunInfo.class);
  }

  /** {@return the description as JSON} */
  byte[] json() throws IOException {
    return JSON.writeValueAsBytes(this);
  }

  /** Writes the description. */
  public void write(Path file) throws IOException {
    JSON.writeValue(file.toFile(), this);
  }
}
