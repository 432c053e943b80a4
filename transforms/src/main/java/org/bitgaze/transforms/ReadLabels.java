package org.bitgaze.transforms;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads labels from a CSV file with the columns {@code file} (the image's key) and {@code
 * class_index}, on any Beam file system.
 */
public final class ReadLabels extends PTransform<PBegin, PCollection<KV<String, Integer>>> {
  private static final long serialVersionUID = 1L;
  private static final String FILE = "file";
  private static final String CLASS_INDEX = "class_index";
  private final String path;

  private ReadLabels(String path) {
    this.path = path;
  }

  /**
   * Returns the transform.
   *
   * @param path the CSV file
   * @return the transform
   */
  public static ReadLabels from(String path) {
    return new ReadLabels(path);
  }

  @Override
  public PCollection<KV<String, Integer>> expand(PBegin input) {
    return input.apply("File", Create.of(path)).apply("Read", ParDo.of(new ReadFn()));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("path", path));
  }

  /** What is done with each label. */
  @FunctionalInterface
  public interface LabelConsumer {
    /**
     * Takes a label.
     *
     * @param file the image's key
     * @param classIndex its class
     */
    void accept(String file, int classIndex);
  }

  /**
   * Reads a file, as a check before a job or inside one.
   *
   * @param path the CSV file
   * @param consumer gets every label
   * @throws IOException if it cannot be read, lacks a column, names a file twice, or has a class
   *     that is no number of 0 or more; the message names file and line
   */
  public static void read(String path, LabelConsumer consumer) throws IOException {
    CSVFormat format =
        CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).setTrim(true).build();
    Set<String> seen = new HashSet<>();
    try (ReadableByteChannel channel = FileSystems.open(FileSystems.matchNewResource(path, false));
        Reader reader =
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8);
        CSVParser csv = format.parse(reader)) {
      for (String column : new String[] {FILE, CLASS_INDEX}) {
        if (!csv.getHeaderMap().containsKey(column)) {
          throw new IOException(
              path + ": no column '" + column + "'; found " + csv.getHeaderNames());
        }
      }
      for (CSVRecord record : csv) {
        String at = path + ", line " + csv.getCurrentLineNumber() + ": ";
        if (!record.isConsistent()) {
          throw new IOException(
              at + "has " + record.size() + " columns, not " + csv.getHeaderMap().size());
        }
        String file = record.get(FILE);
        if (!seen.add(file)) {
          throw new IOException(at + "'" + file + "' has two labels");
        }
        consumer.accept(file, classIndex(record.get(CLASS_INDEX), at));
      }
    } catch (UncheckedIOException | IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private static int classIndex(String text, String at) throws IOException {
    try {
      int index = Integer.parseInt(text);
      if (index >= 0) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a negative number is.
    }
    throw new IOException(at + "class_index '" + text + "' is no number of 0 or more");
  }

  private static final class ReadFn extends DoFn<String, KV<String, Integer>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String path, OutputReceiver<KV<String, Integer>> out)
        throws IOException {
      read(path, (file, classIndex) -> out.output(KV.of(file, classIndex)));
    }
  }
}
