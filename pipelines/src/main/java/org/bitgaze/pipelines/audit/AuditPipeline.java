package org.bitgaze.pipelines.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.image.RgbImage;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RangesLine;
import org.bitgaze.pipelines.output.RowCsv;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.quant.Range;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.Comparison;
import org.bitgaze.transforms.Exhibit;
import org.bitgaze.transforms.Reject;
import org.bitgaze.transforms.Statistics;
import org.bitgaze.transforms.SummaryKey;

/** The main job as a Beam pipeline: find images, audit, write shards. */
public final class AuditPipeline {
  private AuditPipeline() {}

  /**
   * Builds the pipeline.
   *
   * @param options Beam's options, which choose the runner
   * @param input where the images are
   * @param audit what to compute
   * @param output where shards of rows, rejects and summary lines are staged
   * @return a pipeline that is ready to run
   */
  public static Pipeline create(
      PipelineOptions options, AuditInput input, Audit.Options audit, OutputFolder output) {
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple results = input.audit(pipeline, audit);
    results
        .get(Audit.ROWS)
        .apply(
            "FormatRows",
            MapElements.into(TypeDescriptors.strings()).via((Comparison row) -> RowCsv.format(row)))
        .apply("WriteRows", TextIO.write().to(output.shards("rows")).withSuffix(".csv"));
    results
        .get(Audit.REJECTS)
        .apply(
            "FormatRejects",
            MapElements.into(TypeDescriptors.strings())
                .via((Reject reject) -> RowCsv.format(reject)))
        .apply(
            "WriteRejects",
            TextIO.write().to(output.shards("rejects")).withSuffix(".csv").withNumShards(1));
    PCollection<String> lines =
        results.get(Audit.SUMMARY).apply("FormatSummary", ParDo.of(new SummaryJsonFn()));
    lines.apply(
        "WriteSummary",
        TextIO.write().to(output.shards("summary")).withSuffix(".jsonl").withNumShards(1));
    results
        .get(Audit.CALIBRATION)
        .apply(
            "WriteCalibration",
            TextIO.write().to(output.shards("calibration")).withSuffix(".txt").withNumShards(1));
    results
        .get(Audit.RANGES)
        .apply("FormatRanges", ParDo.of(new RangesJsonFn()))
        .apply(
            "WriteRanges",
            TextIO.write().to(output.shards("ranges")).withSuffix(".jsonl").withNumShards(1));
    results
        .get(Audit.EXHIBITS)
        .apply("FormatExhibits", ParDo.of(new ExhibitJsonFn()))
        .apply(
            "WriteExhibits",
            TextIO.write().to(output.shards("exhibits")).withSuffix(".jsonl").withNumShards(1));
    return pipeline;
  }

  private static final class SummaryJsonFn extends DoFn<KV<SummaryKey, Statistics>, String> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @ProcessElement
    public void process(@Element KV<SummaryKey, Statistics> line, OutputReceiver<String> out)
        throws JsonProcessingException {
      out.output(JSON.writeValueAsString(SummaryLine.of(line.getKey(), line.getValue())));
    }
  }

  private static final class RangesJsonFn extends DoFn<KV<String, Map<String, Range>>, String> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @ProcessElement
    public void process(@Element KV<String, Map<String, Range>> ranges, OutputReceiver<String> out)
        throws JsonProcessingException {
      out.output(JSON.writeValueAsString(RangesLine.of(ranges.getKey(), ranges.getValue())));
    }
  }

  private static final class ExhibitJsonFn extends DoFn<KV<Exhibit, RgbImage>, String> {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    @ProcessElement
    public void process(@Element KV<Exhibit, RgbImage> exhibit, OutputReceiver<String> out)
        throws IOException {
      out.output(JSON.writeValueAsString(ExhibitLine.of(exhibit.getKey(), exhibit.getValue())));
    }
  }
}
