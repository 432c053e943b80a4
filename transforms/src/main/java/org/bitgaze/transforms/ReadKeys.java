package org.bitgaze.transforms;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads the keys of images from text files on any Beam file system, one key per line: a listing
 * that was made once, instead of another walk of a folder.
 *
 * <pre>{@code
 * pipeline.apply(ReadKeys.from(List.of("gs://bucket/out/parts/00003.keys")));
 * }</pre>
 */
public final class ReadKeys extends PTransform<PBegin, PCollection<String>> {
  private static final long serialVersionUID = 1L;
  private final List<String> files;
  private final boolean counted;

  private ReadKeys(List<String> files, boolean counted) {
    this.files = List.copyOf(files);
    this.counted = counted;
  }

  /**
   * Reads files.
   *
   * @param files paths of text files in UTF-8
   * @return the transform
   */
  public static ReadKeys from(List<String> files) {
    return new ReadKeys(files, true);
  }

  /**
   * Reports no metrics, for images that are read a second time.
   *
   * @return a new transform
   */
  public ReadKeys uncounted() {
    return new ReadKeys(files, false);
  }

  @Override
  public PCollection<String> expand(PBegin input) {
    return input
        .apply("Files", Create.of(files).withCoder(StringUtf8Coder.of()))
        .apply("Read", ParDo.of(new ReadFn(counted)));
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    builder.add(DisplayData.item("files", files.toString()));
  }

  private static final class ReadFn extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;
    private final Counter matched = Metrics.counter(MetricNames.NAMESPACE, MetricNames.MATCHED);
    private final boolean counted;

    ReadFn(boolean counted) {
      this.counted = counted;
    }

    @ProcessElement
    public void process(@Element String file, OutputReceiver<String> out) throws IOException {
      var channel = FileSystems.open(FileSystems.matchNewResource(file, false));
      try (BufferedReader lines =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
        for (String key = lines.readLine(); key != null; key = lines.readLine()) {
          if (counted) {
            matched.inc();
          }
          out.output(key);
        }
      }
    }
  }
}
