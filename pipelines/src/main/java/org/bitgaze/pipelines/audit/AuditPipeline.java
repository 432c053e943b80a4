package org.bitgaze.pipelines.audit;

import java.io.IOException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.measure.Measure;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.MapLines;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RowColumns;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.values.ComparedImage;
import org.bitgaze.transforms.values.Comparison;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.Reject;
import org.bitgaze.transforms.values.Statistics;
import org.bitgaze.transforms.values.SummaryKey;

/** The main job as a Beam pipeline: find images, audit, write shards. */
public final class AuditPipeline {
  private AuditPipeline() {}

  /**
   * Builds the pipeline.
   *
   * @param options Beam's options, which choose the runner
   * @param input where the images are
   * @param plan what to compute, calibrated
   * @param handOut shards in which names are handed out, see {@link org.bitgaze.transforms.HandOut}
   * @param files in how many files rows are written
   * @param output where shards are staged
   * @return a pipeline that is ready to run
   */
  public static Pipeline create(
      PipelineOptions options,
      AuditInput input,
      AuditPlan plan,
      int handOut,
      int files,
      OutputFolder output) {
    Pipeline pipeline = Pipeline.create(options);
    AuditInput.Outputs outputs = input.audit(pipeline, plan, handOut);
    Audit.Result result = outputs.result();
    RowColumns columns =
        new RowColumns(Measure.withAnswers(plan.measures()).stream().map(Measure::id).toList());
    result
        .rows()
        .apply(
            "FormatRows",
            MapElements.into(TypeDescriptors.strings())
                .via((Comparison row) -> columns.format(row)))
        .apply("WriteRows", lines(output, "rows", files));
    outputs
        .rejects()
        .apply(
            "FormatRejects",
            MapElements.into(TypeDescriptors.strings()).via((Reject r) -> RowColumns.format(r)))
        .apply("WriteRejects", lines(output, "rejects", 1));
    PCollection<String> summary =
        result.summary().apply("FormatSummary", ParDo.of(new SummaryFn()));
    PCollection<String> exhibits =
        result.exhibits().apply("FormatExhibits", ParDo.of(new ExhibitFn()));
    PCollectionList.of(summary)
        .and(exhibits)
        .apply("Findings", Flatten.pCollections())
        .apply("WriteFindings", lines(output, "findings", 1));
    if (plan.maps()) {
      result
          .images()
          .apply(
              "FormatMaps",
              FlatMapElements.into(TypeDescriptors.strings())
                  .via((ComparedImage image) -> MapLines.of(image)))
          .apply("WriteMaps", lines(output, "maps", files));
    }
    return pipeline;
  }

  private static TextIO.Write lines(OutputFolder output, String name, int files) {
    return TextIO.write().to(output.shards(name)).withNumShards(files);
  }

  private static final class SummaryFn extends DoFn<KV<SummaryKey, Statistics>, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<SummaryKey, Statistics> line, OutputReceiver<String> out)
        throws IOException {
      out.output(Findings.format(line));
    }
  }

  private static final class ExhibitFn extends DoFn<Exhibit, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Exhibit exhibit, OutputReceiver<String> out) throws IOException {
      out.output(Findings.format(exhibit));
    }
  }
}
