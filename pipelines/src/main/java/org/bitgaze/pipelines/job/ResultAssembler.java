package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.JUnitXml;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.LocatedDifferences;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.output.PartsPlan;
import org.bitgaze.pipelines.output.RowColumns;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.Assessment;
import org.bitgaze.pipelines.report.CalibrationSample;
import org.bitgaze.pipelines.report.Report;

/**
 * Assembles a job's results from its parts. Rows and summary are published before the report is
 * made.
 */
final class ResultAssembler {
  /** Name of the number of rejected images among a run's counts. */
  static final String IMAGES_REJECTED = "images_rejected";

  private final JobContext context;
  private final AuditPlan plan;
  private final PartsFolder parts;
  private final boolean mergeRows;
  private LocatedDifferences located = LocatedDifferences.NONE;

  /**
   * Prepares.
   *
   * @param parts complete parts
   * @param mergeRows whether one table of rows is written however many there are
   */
  ResultAssembler(JobContext context, AuditPlan plan, PartsFolder parts, boolean mergeRows) {
    this.context = context;
    this.plan = plan;
    this.parts = parts;
    this.mergeRows = mergeRows;
  }

  /**
   * Adds where simulations differ from their deployed files.
   *
   * @param found what was found
   * @return this
   */
  ResultAssembler withLocated(LocatedDifferences found) {
    located = found;
    return this;
  }

  /**
   * Loads DuckDB's native library in the background, while weights are read and pipelines are
   * built. If this fails, the error is reported where the library is first used.
   */
  static void prepare() {
    Background.start("prepare-results", Tables::prepare);
  }

  /**
   * A job's results.
   *
   * @param run the run, ended
   * @param summary the statistics
   * @param assessment what gate and noise say about it
   * @param sample the images that calibrated the ranges
   */
  record Gathered(RunInfo run, Summary summary, Assessment assessment, CalibrationSample sample) {}

  /**
   * Assembles and publishes everything.
   *
   * @param all the parts
   * @param ended describes the run, given the number of rejected images
   * @throws IOException if something cannot be written; the message says what exists and how to
   *     continue
   */
  Gathered run(PartsPlan all, LongFunction<RunInfo> ended) throws IOException {
    Path work = context.output().workspace();
    try {
      Path made = Files.createDirectory(work.resolve("made"));
      Findings findings;
      Gathered gathered;
      try {
        findings =
            Findings.merge(
                local(all, PartsFolder::findingsName, work), plan.modelIds(), plan.exhibits());
        List<Path> rejects = new ArrayList<>(local(all, PartsFolder::rejectsName, work));
        rejects.add(unusable(work));
        Tables.rejects(rejects, made);
        RunInfo run = ended.apply(Tables.rejectedImages(made.resolve("rejects.csv")));
        Summary summary = Summary.of(run, findings.summary());
        writeTables(run, summary, all, work, made);
        gathered = judged(run, summary, made);
        context.output().replaceFiles(made);
        parts.published(all);
      } catch (IOException | RuntimeException e) {
        throw new AssemblyException(e);
      }
      try {
        Findings.write(pictured(findings), made.resolve("exhibits.jsonl"));
        context.output().publish(made, List.of("exhibits.jsonl"));
        new Report(context.output().local().orElse(made), made, gathered.assessment()).write();
        context.output().publish(made, Report.FILES);
      } catch (IOException | RuntimeException e) {
        throw new ReportException(
            "rows and summary are in "
                + context.output()
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

  /** Rows and summary are published, but the report failed. */
  static final class ReportException extends IOException {
    private static final long serialVersionUID = 1L;

    ReportException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /** All parts are complete, but could not be assembled. */
  static final class AssemblyException extends IOException {
    private static final long serialVersionUID = 1L;

    AssemblyException(Exception cause) {
      super(
          "all parts are complete, but the results could not be assembled: "
              + cause.getMessage()
              + "; --resume assembles them again",
          cause);
    }
  }

  private Gathered judged(RunInfo run, Summary summary, Path tables) throws IOException {
    try (RowQueries rows = RowQueries.of(tables)) {
      Assessment assessment = Assessment.of(plan.gate(), summary, rows);
      if (!plan.gate().equals(Gate.NONE)) {
        JUnitXml.write(Map.of("bitgaze gate", assessment.judgements()), tables.resolve("gate.xml"));
      }
      CalibrationSample sample = CalibrationSample.of(plan.recordedCalibration(), rows);
      return new Gathered(run, summary, assessment, sample);
    }
  }

  /** Paths of a file of each part. */
  private List<Path> local(PartsPlan all, Function<PartsPlan.Part, String> name, Path work)
      throws IOException {
    return parts.local(all.parts().stream().map(name).toList(), work);
  }

  /** Files and folders of the input that cannot be used, as rejects. */
  private Path unusable(Path work) throws IOException {
    return Files.write(
        work.resolve("unusable.csv"),
        context.input().unusable().stream().map(RowColumns::format).toList());
  }

  private void writeTables(RunInfo run, Summary summary, PartsPlan all, Path work, Path tables)
      throws IOException {
    List<Path> rows = local(all, PartsFolder::rowsName, work);
    long count = 0;
    List<String> maps = new ArrayList<>();
    for (PartsPlan.Part part : all.parts()) {
      count += parts.result(part).orElseThrow().rows();
      if (BeamFiles.exists(context.output() + PartsFolder.mapsName(part))) {
        maps.add(PartsFolder.mapsName(part));
      }
    }
    if (mergeRows || count <= PartsOptions.SMALL) {
      Tables.rows(rows, plan.order(), tables);
      if (plan.maps()) {
        Tables.maps(parts.local(maps, work), tables.resolve("maps.parquet"));
      }
    } else {
      // For the judgements and the report, which read the dataset.
      Files.createSymbolicLink(tables.resolve("rows"), rows.get(0).toAbsolutePath().getParent());
    }
    SummaryFiles.writeCsv(summary, tables.resolve("summary.csv"));
    SummaryFiles.writeJson(summary, tables.resolve("summary.json"));
    CalibrationFile.write(
        plan.recordedCalibration(),
        plan.protocol().decidingRanges(),
        run.models(),
        tables.resolve("calibration.json"));
    run.write(tables.resolve("run.json"));
    located.write(tables);
  }

  private List<ExhibitLine> pictured(Findings findings) throws IOException {
    Map<String, Preprocessing> views = views();
    List<ExhibitLine> pictured = new ArrayList<>();
    for (ExhibitLine exhibit : findings.exhibits()) {
      picture(exhibit, views).ifPresent(pictured::add);
    }
    Set<String> shown = pictured.stream().map(ExhibitLine::key).collect(Collectors.toSet());
    plan.exhibits().show().stream()
        .filter(key -> !shown.contains(key))
        .forEach(key -> context.out().println("not shown: no image " + key + " was compared"));
    return pictured;
  }

  /** For each framing, the preprocessing of the first model that has it. */
  private Map<String, Preprocessing> views() throws IOException {
    Map<String, Preprocessing> views = new LinkedHashMap<>();
    for (Model model : plan.models()) {
      Preprocessing preprocessing = model.preprocessing();
      views.putIfAbsent(preprocessing.framing().toString(), preprocessing);
    }
    return views;
  }

  private Optional<ExhibitLine> picture(ExhibitLine exhibit, Map<String, Preprocessing> views) {
    try {
      RgbImage image = context.input().read(exhibit.key());
      return Optional.of(exhibit.with(framing -> views.get(framing).apply(image)));
    } catch (IOException e) {
      context
          .out()
          .println("not shown: " + exhibit.key() + " cannot be read again: " + e.getMessage());
      return Optional.empty();
    }
  }
}
