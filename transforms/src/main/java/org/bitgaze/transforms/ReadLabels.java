package org.bitgaze.transforms;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.bitgaze.transforms.io.LocalFiles;

/**
 * Reads labels from a CSV file on any Beam file system. It has the columns {@code file} (the
 * image's key) and {@code class_index}, in any order and among others; see {@link CsvInput} for the
 * dialects that are read.
 */
public final class ReadLabels extends PTransform<PBegin, PCollection<KV<String, Integer>>> {
  private static final long serialVersionUID = 1L;
  private static final String FILE = "file";
  private static final String CLASS_INDEX = "class_index";
  private static final String HERE = "./";
  private static final Pattern WHOLE = Pattern.compile("(\\d{1,9})(?:\\.0*)?");
  private final String path;

  private ReadLabels(String path) {
    this.path = path;
  }

  /**
   * Reads a file.
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
   *     that is not a number of 0 or more; the message names file and line
   */
  public static void read(String path, LabelConsumer consumer) throws IOException {
    try (ReadableByteChannel channel = FileSystems.open(FileSystems.matchNewResource(path, false));
        CsvInput table = new CsvInput(Channels.newInputStream(channel), FILE, CLASS_INDEX)) {
      Set<String> seen = new HashSet<>();
      for (CsvInput.Row row : table) {
        String file = row.get(FILE);
        file = file.startsWith(HERE) ? file.substring(HERE.length()) : file;
        String at = "line " + row.line() + ": ";
        if (file.isEmpty()) {
          throw new IOException(at + "has no file");
        }
        if (!seen.add(file)) {
          throw new IOException(at + "'" + file + "' has two labels");
        }
        consumer.accept(file, classIndex(row.get(CLASS_INDEX), at));
      }
    } catch (CharacterCodingException e) {
      throw new IOException(path + ": is not UTF-8 text", e);
    } catch (NoSuchFileException | FileNotFoundException e) {
      boolean isFolder = !LocalFiles.isRemote(path) && Files.isDirectory(Path.of(path));
      throw new IOException(
          path + (isFolder ? ": is a folder, not a file" : ": there is no such file"), e);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
      throw new IOException(path + ": " + CsvInput.reason(cause), e);
    }
  }

  private static int classIndex(String text, String at) throws IOException {
    // Tables with gaps have whole numbers as 7.0.
    Matcher number = WHOLE.matcher(text);
    if (number.matches()) {
      return Integer.parseInt(number.group(1));
    }
    throw new IOException(at + "class_index '" + text + "' is not a number of 0 or more");
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
