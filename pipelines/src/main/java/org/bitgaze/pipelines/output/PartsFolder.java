package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parts of an audit, in its output folder:
 *
 * <pre>
 *   parts/plan.json          the parts, and everything that decides the rows
 *   parts/calibration.json   the ranges of quantized activations
 *   parts/00003.keys         the part's images, one key per line
 *   parts/00003.rejects.csv  without a header
 *   parts/00003.findings     the mergeable summary, and the images that may be shown
 *   parts/00003.json         written last: the part is complete
 *   parts/published.json     the number of parts in the published results
 *   rows/part-00003.parquet  the part's rows, sorted; with --maps also in maps/
 * </pre>
 *
 * Files are written elsewhere and renamed, so that each appears whole or not at all.
 */
public final class PartsFolder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  static final String PLAN = "parts/plan.json";
  private static final String CALIBRATION = "parts/calibration.json";
  private static final String PUBLISHED = "parts/published.json";

  private final OutputFolder output;

  /** Names the folder; nothing is read or written yet. */
  public PartsFolder(OutputFolder output) {
    this.output = output;
  }

  /** {@return the plan; empty if no audit began here} */
  public Optional<PartsPlan> plan() throws IOException {
    return read(PLAN, PartsPlan.class);
  }

  /** Writes the plan: from now on the audit can be resumed. */
  public void write(PartsPlan plan) throws IOException {
    output.write(PLAN, JSON.writeValueAsBytes(plan));
  }

  /** {@return the result of a part; empty if it is not complete} */
  public Optional<PartResult> result(PartsPlan.Part part) throws IOException {
    return read("parts/" + part.name() + ".json", PartResult.class);
  }

  /** Marks a part as complete. */
  public void write(PartsPlan.Part part, PartResult result) throws IOException {
    output.write("parts/" + part.name() + ".json", JSON.writeValueAsBytes(result));
  }

  /** {@return the parts that are not complete} */
  public List<PartsPlan.Part> unfinished(PartsPlan plan) throws IOException {
    List<PartsPlan.Part> unfinished = new ArrayList<>();
    for (PartsPlan.Part part : plan.parts()) {
      if (result(part).isEmpty()) {
        unfinished.add(part);
      }
    }
    return unfinished;
  }

  /** Records that the results of all parts of a plan are published. */
  public void published(PartsPlan plan) throws IOException {
    output.write(PUBLISHED, JSON.writeValueAsBytes(plan.parts().size()));
  }

  /** {@return whether results of all parts are published} */
  public boolean isPublished(PartsPlan plan) throws IOException {
    return read(PUBLISHED, Integer.class).filter(n -> n == plan.parts().size()).isPresent();
  }

  /** {@return the file of the ranges that the parts use; empty if there are none} */
  public Optional<byte[]> calibration() throws IOException {
    return output.read(CALIBRATION);
  }

  /** Writes the file of the ranges that the parts use. */
  public void writeCalibration(byte[] file) throws IOException {
    output.write(CALIBRATION, file);
  }

  /**
   * Publishes files that belong to the parts.
   *
   * @param made a folder
   * @param names of files below it, as they are called in the output folder
   */
  public void publish(Path made, List<String> names) throws IOException {
    output.publish(made, names);
  }

  /** {@return the path of a part's keys, which workers read} */
  public String keys(PartsPlan.Part part) {
    return output + keysName(part);
  }

  /** {@return the name of the file with a part's keys} */
  public static String keysName(PartsPlan.Part part) {
    return "parts/" + part.name() + ".keys";
  }

  /** {@return the name of the file with a part's rows} */
  public static String rowsName(PartsPlan.Part part) {
    return "rows/part-" + part.name() + ".parquet";
  }

  /** {@return the name of the file with a part's maps} */
  public static String mapsName(PartsPlan.Part part) {
    return "maps/part-" + part.name() + ".parquet";
  }

  /** {@return the name of the file with a part's rejects} */
  public static String rejectsName(PartsPlan.Part part) {
    return "parts/" + part.name() + ".rejects.csv";
  }

  /** {@return the name of the file with a part's summary state and exhibits} */
  public static String findingsName(PartsPlan.Part part) {
    return "parts/" + part.name() + ".findings";
  }

  /**
   * Makes files of parts readable on this machine.
   *
   * @param names of files
   * @param work where files of another file system are copied to
   * @return their paths
   */
  public List<Path> local(List<String> names, Path work) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (String name : names) {
      if (output.local().isPresent()) {
        paths.add(output.local().get().resolve(name));
      } else {
        Path copy = work.resolve(name);
        Files.createDirectories(copy.getParent());
        if (Files.notExists(copy)) {
          Files.write(copy, output.read(name).orElseThrow(() -> missing(name)));
        }
        paths.add(copy);
      }
    }
    return paths;
  }

  private IOException missing(String name) {
    return new IOException(output + name + " does not exist");
  }

  /** Deletes everything of an earlier audit: its parts, and the datasets of rows and maps. */
  public void clear() throws IOException {
    output.deleteParts();
  }

  /** Deletes what workers of an interrupted audit left. */
  public void deleteStagingOfOthers() throws IOException {
    output.deleteStagingOfOthers();
  }

  private <T> Optional<T> read(String name, Class<T> type) throws IOException {
    Optional<byte[]> bytes = output.read(name);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(bytes.get(), type));
    } catch (IOException e) {
      String reason = e.getMessage().lines().findFirst().orElse("");
      throw new IOException(output + name + " cannot be read: " + reason, e);
    }
  }
}
