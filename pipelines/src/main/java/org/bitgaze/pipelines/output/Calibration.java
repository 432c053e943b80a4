package org.bitgaze.pipelines.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the ranges of quantized activations come from, and what they are.
 *
 * @param images keys of the images they were taken from, sorted
 * @param networks the ranges of each network
 */
public record Calibration(List<String> images, List<RangesLine> networks) {

  /**
   * Reads what workers wrote.
   *
   * @param shards folder of {@code calibration-*.txt} and {@code ranges-*.jsonl}
   * @return the calibration; empty lists if nothing was calibrated
   * @throws IOException if a shard cannot be read
   */
  public static Calibration read(Path shards) throws IOException {
    List<String> images = new ArrayList<>(Shards.lines(shards, "calibration-*.txt"));
    images.sort(Comparator.naturalOrder());
    List<RangesLine> networks = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (String line : Shards.lines(shards, "ranges-*.jsonl")) {
      networks.add(json.readValue(line, RangesLine.class));
    }
    networks.sort(Comparator.comparing(RangesLine::network));
    return new Calibration(images, networks);
  }

  /**
   * Writes {@code calibration.json}.
   *
   * @param file where to
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    Files.write(
        file,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(this));
  }
}
