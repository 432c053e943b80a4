package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.PartResult;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.runner.JobMetrics;
import org.bitgaze.pipelines.runner.Progress;

/** Runs parts of an audit, one after the other, and publishes what each one finds. */
final class PartRun {
  private final Job job;
  private final PartsFolder parts;
  private final RunInfo run;

  /** Where the running part's workers write; null between two parts. */
  private volatile OutputFolder stage;

  /**
   * Prepares; nothing runs yet.
   *
   * @param job runs the pipelines
   * @param parts where finished parts are published
   * @param run describes the audit, beside staged files
   */
  PartRun(Job job, PartsFolder parts, RunInfo run) {
    this.job = job;
    this.parts = parts;
    this.run = run;
  }

  /**
   * Runs a part.
   *
   * @param part the part
   * @param plan what to compute
   * @param calibration digest of the ranges
   * @param progress shows the part's progress
   * @throws IOException if the part's results cannot be written; nothing of them is published then
   */
  void run(PartsPlan.Part part, AuditPlan plan, String calibration, Progress progress)
      throws IOException {
    OutputFolder staged = new OutputFolder(job.context.output().toString());
    stage = staged;
    staged.describe(run);
    try {
      AuditInput images = job.context.input().listed(List.of(parts.keys(part)), part.images());
      JobMetrics metrics = job.runPipeline(images, plan, staged, progress);
      try {
        publish(part, plan, staged, metrics, calibration, progress.seconds());
      } catch (IOException e) {
        throw new IOException(
            "part " + part.name() + " cannot be written to " + staged + ": " + e.getMessage(), e);
      }
    } finally {
      discard();
    }
  }

  /** Writes the part's tables, its state, and last the file that marks it as complete. */
  private void publish(
      PartsPlan.Part part,
      AuditPlan plan,
      OutputFolder staged,
      JobMetrics metrics,
      String calibration,
      double seconds)
      throws IOException {
    Path work = staged.workspace();
    try {
      Path shards = staged.localShards(work);
      Path made = Files.createDirectory(work.resolve("made"));
      for (String folder : List.of("parts", "rows", "maps")) {
        Files.createDirectory(made.resolve(folder));
      }
      List<String> names = new ArrayList<>();
      long rows =
          Tables.part(shards, plan.order(), made.resolve(added(names, PartsFolder.rowsName(part))));
      if (plan.maps()
          && Tables.maps(
              Tables.shards(shards, Tables.MAPS), made.resolve(PartsFolder.mapsName(part)))) {
        names.add(PartsFolder.mapsName(part));
      }
      concatenate(
          shards, Tables.REJECTS, made.resolve(added(names, PartsFolder.rejectsName(part))));
      concatenate(
          shards, Findings.NAME, made.resolve(added(names, PartsFolder.findingsName(part))));
      staged.publish(made, names);
      parts.write(
          part,
          new PartResult(
              part.images(),
              rows,
              seconds,
              calibration,
              metrics.counters(),
              metrics.distributionValues()));
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  /** Deletes staged files, also during an interruption. */
  void discard() throws IOException {
    OutputFolder folder = stage;
    stage = null;
    if (folder != null) {
      folder.discard();
    }
  }

  private static String added(List<String> names, String name) {
    names.add(name);
    return name;
  }

  private static void concatenate(Path shards, String name, Path target) throws IOException {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(shards, name + "-*")) {
      found.forEach(files::add);
    }
    files.sort(null);
    try (OutputStream out = Files.newOutputStream(target)) {
      for (Path file : files) {
        Files.copy(file, out);
      }
    }
  }
}
