package org.bitgaze.pipelines.job;

import java.io.IOException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RowColumns;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.transforms.Audit;
import org.bitgaze.transforms.SummaryState;
import org.bitgaze.transforms.parquet.Maps;
import org.bitgaze.transforms.parquet.Rows;
import org.bitgaze.transforms.values.Exhibit;
import org.bitgaze.transforms.values.Reject;

/** The main job as a Beam pipeline: finds images, audits them, writes shards. */
final class AuditPipeline {
  private static final TypeDescriptor<KV<String, String>> LINE =
      TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings());

  private AuditPipeline() {}

  /**
   * Builds the pipeline.
   *
   * @param runner where the pipeline runs
   * @param input the images
   * @param plan what to compute, calibrated
   * @param output where shards are staged
   * @return a pipeline that is ready to run
   */
  static Pipeline create(
      RunnerSetup runner, AuditInput input, AuditPlan plan, OutputFolder output) {
    Pipeline pipeline = Pipeline.create(runner.options());
    AuditInput.Outputs outputs = input.audit(pipeline, plan, runner);
    Audit.Result result = outputs.result();
    result.rows().apply("WriteRows", Rows.toParquet(output.shards()).withMeasures(plan.measures()));
    if (plan.maps()) {
      result.images().apply("WriteMaps", Maps.toParquet(output.shards()));
    }
    PCollectionList<KV<String, String>> lines =
        PCollectionList.of(
                outputs
                    .rejects()
                    .apply(
                        "FormatRejects",
                        MapElements.into(LINE)
                            .via((Reject r) -> KV.of(Tables.REJECTS, RowColumns.format(r)))))
            .and(result.summaryState().apply("FormatSummary", ParDo.of(new SummaryFn())))
            .and(result.exhibits().apply("FormatExhibits", ParDo.of(new ExhibitFn())));
    lines
        .apply("Lines", Flatten.pCollections())
        .setCoder(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
        .apply("Write", writer(output));
    return pipeline;
  }

  /** Writes all lines with one writer: each writer adds a dozen steps to the pipeline. */
  private static FileIO.Write<String, KV<String, String>> writer(OutputFolder output) {
    return FileIO.<String, KV<String, String>>writeDynamic()
        .by(KV::getKey)
        .withDestinationCoder(StringUtf8Coder.of())
        .via(Contextful.fn(KV::getValue), TextIO.sink())
        .to(output.shards())
        .withNaming(table -> FileIO.Write.defaultNaming(table, ""))
        .withNoSpilling();
  }

  private static final class SummaryFn extends DoFn<SummaryState, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element SummaryState state, OutputReceiver<KV<String, String>> out)
        throws IOException {
      out.output(KV.of(Findings.NAME, Findings.format(state)));
    }
  }

  private static final class ExhibitFn extends DoFn<Exhibit, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Exhibit exhibit, OutputReceiver<KV<String, String>> out)
        throws IOException {
      out.output(KV.of(Findings.NAME, Findings.format(exhibit)));
    }
  }
}
