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
import org.bitgaze.pipelines.gate.Judgement;
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
import org.bitgaze.pipelines.report.Report;
import org.bitgaze.pipelines.report.Verdict;
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
   * Loads DuckDB's native library in the background, while weights are read and pipelines are
   * built. If this fails, the error is reported where the library is first used.
   */
  static void prepare() {
    Background.start("prepare-gathering", Tables::prepare);
  }

  /**
   * What came out.
   *
   * @param summary the numbers
   * @param verdicts whether quantized networks look where the others look
   * @param judgements by the gate that was asked for
   */
  record Gathered(Summary summary, List<Verdict> verdicts, List<Judgement> judgements) {}

  /**
   * Gathers everything.
   *
   * @return what came out
   * @throws IOException if something cannot be written, saying what is there and how to go on
   */
  Gathered run(RunInfo run) throws IOException {
    Path work = Files.createTempDirectory("bitgaze-gather");
    try {
      Path shards = Files.createDirectory(work.resolve("shards"));
      Path tables = Files.createDirectory(work.resolve("tables"));
      Findings findings;
      Gathered gathered;
      try {
        output.fetchShards(shards);
        findings = Findings.read(shards);
        Summary summary = Summary.of(run, findings.summary());
        tables(run, summary, shards, tables);
        gathered = judged(summary, tables);
        output.replaceAll(tables);
      } catch (IOException | RuntimeException e) {
        throw new UngatheredException(output.staging(), e);
      }
      try {
        Path page = page(findings, tables, work);
        Path made = Files.createDirectory(work.resolve("made"));
        Files.copy(page.resolve("exhibits.jsonl"), made.resolve("exhibits.jsonl"));
        output.publish(made);
        new Report(page).write();
        for (String name : Report.FILES) {
          Files.move(page.resolve(name), made.resolve(name));
        }
        output.publish(made);
      } catch (IOException | RuntimeException e) {
        throw new ReportException(
            "rows and summary are in "
                + output
                + ", but the report could not be made: "
                + e.getMessage()
                + "; 'bitgaze report' makes it anew",
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
      List<Judgement> judgements = plan.gate().judge(summary, rows);
      if (!plan.gate().equals(Gate.NONE)) {
        JUnitXml.write(Map.of("bitgaze gate", judgements), tables.resolve("gate.xml"));
      }
      return new Gathered(summary, Verdict.of(plan.gate(), summary, rows), judgements);
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
    Calibration none = new Calibration(plan.ranges(), List.of(), Map.of());
    CalibrationFile.write(
        plan.calibration().orElse(none),
        plan.protocol().decidingRanges(),
        run.models(),
        tables.resolve("calibration.json"));
    run.write(tables.resolve("run.json"));
    // Published files are moved away; the report is made of copies.
    Path copies = Files.createDirectory(tables.resolveSibling("page"));
    for (String name : Report.SOURCES) {
      if (Files.exists(tables.resolve(name))) {
        Files.copy(tables.resolve(name), copies.resolve(name));
      }
    }
  }

  private Path page(Findings findings, Path tables, Path work) throws IOException {
    Path page = work.resolve("page");
    List<ExhibitLine> pictured = new ArrayList<>();
    Preprocessing seen = plan.models().get(0).preprocessing();
    for (ExhibitLine exhibit : findings.exhibits()) {
      picture(exhibit, seen).ifPresent(pictured::add);
    }
    Set<String> shown = pictured.stream().map(ExhibitLine::key).collect(Collectors.toSet());
    plan.exhibits().show().stream()
        .filter(key -> !shown.contains(key))
        .forEach(key -> out.println("--show " + key + ": no such image was compared"));
    Findings.write(pictured, page.resolve("exhibits.jsonl"));
    return page;
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
