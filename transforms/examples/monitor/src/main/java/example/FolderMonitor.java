package example;

import java.util.Locale;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Watch.Growth;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.model.Model;
import org.bitgaze.model.Weights;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;
import org.joda.time.Duration;

/**
 * Watches a folder, audits the images that arrive, and writes a summary for each window of time: a
 * camera line, or a monitor of data drift.
 *
 * <p>{@code java example.FolderMonitor pictures summaries 60}
 */
public final class FolderMonitor {
  private FolderMonitor() {}

  /** Runs until it is stopped: folder of images, folder of summaries, seconds of a window. */
  public static void main(String[] args) {
    pipeline(
            args[0],
            args[1],
            Duration.standardSeconds(Long.parseLong(args[2])),
            Growth.never())
        .run()
        .waitUntilFinish();
  }

  /**
   * Builds the pipeline.
   *
   * @param pictures folder of images
   * @param summaries folder of the summaries, one CSV file per window
   * @param window length of a window
   * @param end when to stop watching
   */
  static Pipeline pipeline(
      String pictures,
      String summaries,
      Duration window,
      Growth.TerminationCondition<String, ?> end) {
    Model model = Model.zoo("squeezenet1_0").withWeights(new Weights.Scenes());
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.create());
    pipeline
        .apply(
            "Watch",
            FileIO.match()
                .filepattern(pictures + "/*.{jpg,png}")
                .continuously(Duration.standardSeconds(1), end))
        .apply("Window", Window.into(FixedWindows.of(window)))
        .apply(
            "Name",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(
                    (MatchResult.Metadata file) ->
                        KV.of(file.resourceId().getFilename(), file.resourceId().toString())))
        .apply(
            "Audit", Audit.files().withModels(model).withPrecisions("int8").withSaliency("centre"))
        .summary()
        .apply("Format", ParDo.of(new FormatFn()))
        .apply(
            "Write",
            TextIO.write()
                .to(summaries + "/summary")
                .withSuffix(".csv")
                .withWindowedWrites()
                .withNumShards(1));
    return pipeline;
  }

  private static final class FormatFn extends DoFn<KV<SummaryKey, Statistics>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<SummaryKey, Statistics> line,
        BoundedWindow window,
        OutputReceiver<String> out) {
      SummaryKey key = line.getKey();
      Statistics value = line.getValue();
      out.output(
          String.format(
              Locale.ROOT,
              "%s,%s,%s,%s,%s,%d,%s",
              ((IntervalWindow) window).start(),
              key.getModel(),
              key.getPrecision(),
              key.getReference(),
              key.getMeasure(),
              value.getCount(),
              value.getMean()));
    }
  }
}
