package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitgaze.pipelines.layers.DriftedImage;
import org.bitgaze.pipelines.layers.MixedSearch;
import org.bitgaze.pipelines.layers.SweepEvaluation;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.runner.JobMetrics;
import org.bitgaze.pipelines.runner.Progress;
import org.bitgaze.quant.Configuration;
import org.bitgaze.transforms.MetricNames;

/** Runs the pipelines of a job over layers: each one explains its images in many configurations. */
final class SweepRuns {
  private final Job job;
  private final RunInfo run;

  /** Where the running pipeline writes; empty between two pipelines. */
  private volatile OutputFolder stage;

  /**
   * Prepares; nothing runs yet.
   *
   * @param job runs the pipelines
   * @param run describes it, beside staged files
   */
  SweepRuns(Job job, RunInfo run) {
    this.job = job;
    this.run = run;
  }

  /**
   * Runs a pipeline and fetches its workers' files.
   *
   * @param shards an empty folder for these files
   * @return summary and exhibits
   */
  Findings run(AuditInput images, AuditPlan sweep, Path shards) throws IOException {
    OutputFolder folder = new OutputFolder(job.context.output().toString());
    stage = folder;
    folder.describe(run);
    try {
      Progress progress = job.context.progress(images);
      JobMetrics metrics = job.runPipeline(images, sweep, folder, progress);
      job.context
          .out()
          .printf(
              Locale.ROOT,
              "%d maps of %d images in %.1f s%n",
              metrics.count(MetricNames.MAPS),
              metrics.count(MetricNames.DECODED),
              progress.seconds());
      Job.warnings(metrics, images.count()).forEach(job.context.out()::println);
      folder.fetchShards(shards);
      return Findings.read(shards);
    } finally {
      discard();
    }
  }

  /** Runs a pipeline for its summary alone. */
  SweepEvaluation evaluate(AuditInput images, AuditPlan sweep) throws IOException {
    Path shards = Files.createTempDirectory("bitgaze-shards");
    try {
      return new SweepEvaluation(run(images, sweep, shards).summary());
    } finally {
      BeamFiles.deleteTree(shards);
    }
  }

  /**
   * Evaluates one model on held-out images, image by image.
   *
   * @param rejects folder to which the shards of rejects are added
   * @return the summary, and differences between configurations
   */
  SweepEvaluation verify(AuditInput images, AuditPlan sweep, Path rejects) throws IOException {
    String model = sweep.modelIds().get(0);
    Path folder = Files.createTempDirectory("bitgaze-verified");
    Path shards = Files.createDirectory(folder.resolve("shards"));
    try {
      SweepEvaluation summary = new SweepEvaluation(run(images, sweep, shards).summary());
      try (var files = Files.newDirectoryStream(shards, Tables.REJECTS + "-*")) {
        for (Path file : files) {
          Files.copy(file, rejects.resolve(file.getFileName() + "-" + model));
        }
      }
      Map<List<String>, double[]> leads = new HashMap<>();
      try (RowQueries rows = rows(sweep, shards, folder)) {
        for (Configuration other : sweep.explanations().get(0).getConfigurations()) {
          leads.put(
              List.of(model, MixedSearch.PROPOSAL, other.name()),
              DriftedImage.leads(rows, model, MixedSearch.PROPOSAL, other.name()));
        }
      }
      return summary.with((id, name, other) -> leads.get(List.of(id, name, other)));
    } finally {
      BeamFiles.deleteTree(folder);
    }
  }

  /** Sorts a pipeline's rows into a table. */
  static RowQueries rows(AuditPlan sweep, Path shards, Path folder) throws IOException {
    Tables.rows(shards, sweep.order(), folder);
    return new RowQueries(folder.resolve("rows.parquet"));
  }

  /** Deletes staged files, also during an interruption. */
  void discard() throws IOException {
    OutputFolder folder = stage;
    stage = null;
    if (folder != null) {
      folder.discard();
    }
  }
}
