package org.bitgaze.pipelines.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.JUnitXml;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.Assessment;
import org.bitgaze.pipelines.report.Report;
import org.bitgaze.quant.Calibration;

/**
 * Makes a job's outputs of what its workers left: rows and summary first, which are published
 * before anything else is tried, then what is nice to have.
 */
final class ResultAssembler {
  private final OutputFolder output;
  private final AuditInput input;
  private final AuditPlan plan;
  private final PrintStream out;

  ResultAssembler(OutputFolder output, AuditInput input, AuditPlan plan, PrintStream out) {
    this.output = output;
    this.input = input;
    this.plan = plan;
    this.out = out;
  }

  /**
   * Loads the native libraries that gathering takes, in the background, and first the one that
   * saliency takes, too: there is time while weights are read and pipelines are built. What cannot
   * be loaded is met again, and said, where it is needed.
   */
  static void prepare() {
    Background.start(
        "prepare-gathering",
        () -> {
          Report.prepare();
          Tables.prepare();
        });
  }

  /**
   * A job's results.
   *
   * @param summary the summary
   * @param assessment what gate and noise say about it
   */
  record Gathered(Summary summary, Assessment assessment) {}

  /**
   * Gathers everything.
   *
   * @return the results
   * @throws IOException if something cannot be written; the message says what exists and how to
   *     continue
   */
  Gathered run(RunInfo run) throws IOException {
    Path work = output.workspace();
    try {
      Path made = Files.createDirectory(work.resolve("made"));
      Findings findings;
      Gathered gathered;
      try {
        Path shards = output.localShards(work);
        findings = Findings.read(shards);
        Summary summary = Summary.of(run, findings.summary());
        tables(run, summary, shards, made);
        gathered = judged(summary, made);
        output.replaceAll(made);
      } catch (IOException | RuntimeException e) {
        throw new UngatheredException(output.staging(), e);
      }
      try {
        Findings.write(pictured(findings), made.resolve("exhibits.jsonl"));
        output.publish(made, List.of("exhibits.jsonl"));
        new Report(output.local().orElse(made), made, gathered.assessment()).write();
        output.publish(made, Report.FILES);
      } catch (IOException | RuntimeException e) {
        throw new ReportException(
            "rows and summary are in "
                + output
                + ", but the report failed: "
                + e.getMessage()
                + "; 'bitgaze report' makes it again",
            e);
      }
      return gathered;
    } finally {
      BeamFiles.deleteTree(work);
    }
  }

  /** Rows and summary are published, but something that is made of them could not be made. */
  static final class ReportException extends IOException {
    private static final long serialVersionUID = 1L;

    ReportException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /** What workers computed is there, but could not be put together. */
  static final class UngatheredException extends IOException {
    private static final long serialVersionUID = 1L;

    UngatheredException(String staging, Exception cause) {
      super(
          "the job has run, but its results could not be put together: "
              + cause.getMessage()
              + "; what the workers wrote is kept in "
              + staging
              + "shards (rows-*: CSV without a header, its columns are those of rows.csv)",
          cause);
    }
  }

  private Gathered judged(Summary summary, Path tables) throws IOException {
    try (Rows rows = new Rows(tables.resolve("rows.parquet"))) {
      Assessment assessment = Assessment.of(plan.gate(), summary, rows);
      if (!plan.gate().equals(Gate.NONE)) {
        JUnitXml.write(Map.of("bitgaze gate", assessment.judgements()), tables.resolve("gate.xml"));
      }
      return new Gathered(summary, assessment);
    }
  }

  private void tables(RunInfo run, Summary summary, Path shards, Path tables) throws IOException {
    Tables.rows(shards, plan.modelIds(), plan.mapLabels(), plan.measureIds(), tables);
    Tables.rejects(shards, tables);
    if (plan.maps()) {
      Tables.maps(shards, tables);
    }
    SummaryFiles.writeCsv(summary, tables.resolve("summary.csv"));
    SummaryFiles.writeJson(summary, tables.resolve("summary.json"));
    Calibration none = Calibration.of(plan.ranges(), List.of(), Map.of());
    CalibrationFile.write(
        plan.calibration().orElse(none),
        plan.protocol().decidingRanges(),
        run.models(),
        tables.resolve("calibration.json"));
    run.write(tables.resolve("run.json"));
  }

  private List<ExhibitLine> pictured(Findings findings) throws IOException {
    List<ExhibitLine> pictured = new ArrayList<>();
    Preprocessing seen = plan.models().get(0).preprocessing();
    for (ExhibitLine exhibit : findings.exhibits()) {
      picture(exhibit, seen).ifPresent(pictured::add);
    }
    Set<String> shown = pictured.stream().map(ExhibitLine::key).collect(Collectors.toSet());
    plan.exhibits().show().stream()
        .filter(key -> !shown.contains(key))
        .forEach(key -> out.println("--show " + key + ": no such image was compared"));
    return pictured;
  }

  private Optional<ExhibitLine> picture(ExhibitLine exhibit, Preprocessing seen) {
    try {
      return Optional.of(exhibit.with(seen.apply(input.read(exhibit.key()))));
    } catch (IOException e) {
      out.println(exhibit.key() + " is not shown, for it is gone: " + e.getMessage());
      return Optional.empty();
    }
  }
}
