package org.bitgaze.pipelines.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryFiles;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.zoo.Architecture;

/**
 * {@code report.html}, {@code table1.md} and {@code table1.tex}, made from a job's other outputs.
 * The page holds its scripts, styles and pictures, and loads nothing.
 */
public final class Report {
  /** Names of the outputs that the report is made from. */
  public static final List<String> SOURCES =
      List.of(
          "summary.json",
          "rows.parquet",
          "exhibits.jsonl",
          "calibration.json",
          "run.json",
          "rejects.csv");

  /** What the report consists of. */
  public static final List<String> FILES = List.of("report.html", "table1.md", "table1.tex");

  private static final int MAX_REJECTS = 50;

  private final Path folder;
  private final Optional<Gate> gate;

  /**
   * Prepares a report.
   *
   * @param folder where the outputs are, and the report goes
   */
  public Report(Path folder) {
    this(folder, Optional.empty());
  }

  /**
   * Prepares a report by other thresholds than the run's.
   *
   * @param folder where the outputs are, and the report goes
   * @param gate what must hold; nothing for what the run was asked for
   */
  public Report(Path folder, Optional<Gate> gate) {
    this.folder = folder;
    this.gate = gate;
  }

  private Gate gate(RunInfo run) {
    return gate.orElseGet(() -> Gate.parse(run.gate()));
  }

  /**
   * Writes the report.
   *
   * @throws IOException if an output cannot be read or the report not written
   */
  public void write() throws IOException {
    Summary summary = SummaryFiles.readJson(folder.resolve("summary.json"));
    RunInfo run = RunInfo.read(folder.resolve("run.json"));
    Table1 table = Table1.of(summary);
    String markdown = table.markdown();
    String latex = table.latex();
    Map<String, Object> model = new HashMap<>();
    model.put("summary", summary);
    model.put("run", run);
    model.put("table", table);
    model.put("markdown", markdown);
    model.put("latex", latex);
    Published published = Published.read();
    model.put("published", published);
    model.put("against", against(run, summary, published));
    model.put(
        "calibration", CalibrationFile.read(folder.resolve("calibration.json")).calibration());
    model.put("rejects", rejects());
    model.put("compact", CompactTable.of(summary));
    Gallery gallery = new Gallery(summary, run.classNames(), exhibits());
    model.put("legend", gallery.legend());
    model.put("differenceLegend", gallery.differenceLegend());
    model.put("colorMap", ColorMap.NAME);
    try (Rows rows = new Rows(folder.resolve("rows.parquet"))) {
      List<NoiseFloor> floors = NoiseFloor.of(summary, rows);
      model.put("floors", floors);
      model.put("answers", answers(gate(run), summary, rows, floors, gallery));
      model.put("panels", DriftPanel.of(summary, rows));
      model.put("tests", Comparisons.of(summary, rows));
      model.put("vanished", VanishedShare.of(summary, rows));
      model.put("alignments", Alignment.of(summary, rows));
      model.put("data", Page.json(Charts.of(summary, rows)));
    }
    model.put("grids", gallery.grids());
    model.put("exhibits", gallery.size());
    model.put("pictures", gallery.pictures().all());
    model.put("measures", Charts.measures(summary));
    model.put(
        "shares", MeasureCatalog.all().stream().filter(Measure::isShare).map(Measure::id).toList());
    Files.writeString(folder.resolve("table1.md"), markdown);
    Files.writeString(folder.resolve("table1.tex"), latex);
    Page.write("report", model, folder.resolve("report.html"));
  }

  /**
   * Writes {@code report.md}, for a comment on a pull request.
   *
   * @throws IOException if an output cannot be read or the report not written
   */
  public void writeMarkdown() throws IOException {
    Summary summary = SummaryFiles.readJson(folder.resolve("summary.json"));
    RunInfo run = RunInfo.read(folder.resolve("run.json"));
    try (Rows rows = new Rows(folder.resolve("rows.parquet"))) {
      Gate conditions = gate(run);
      Files.writeString(
          folder.resolve("report.md"),
          MarkdownReport.of(
              run,
              summary,
              conditions,
              Verdict.of(conditions, summary, rows),
              conditions.judge(summary, rows),
              exhibits()));
    }
  }

  private List<ExhibitLine> exhibits() throws IOException {
    return Findings.exhibits(folder.resolve("exhibits.jsonl"));
  }

  /**
   * A verdict and the pictures that go with it.
   *
   * @param verdict whether the model at the precision looks where f32 looks
   * @param worst the images that drift most, the worst first
   * @param spread the largest, the median and the smallest drift
   */
  public record Answer(Verdict verdict, List<Gallery.Pair> worst, List<Gallery.Pair> spread) {}

  private static List<Answer> answers(
      Gate gate, Summary summary, Rows rows, List<NoiseFloor> floors, Gallery gallery)
      throws IOException {
    List<Answer> answers = new ArrayList<>();
    for (Verdict verdict : Verdict.of(gate, summary, rows, floors)) {
      answers.add(
          new Answer(
              verdict,
              gallery.worst(verdict.model(), verdict.precision()),
              gallery.spread(verdict.model(), verdict.precision(), rows)));
    }
    return answers;
  }

  /**
   * One of our numbers beside the published one.
   *
   * @param model its name for people
   * @param pair such as {@code int8 / fastgaze}
   * @param measure the measure
   * @param line our numbers
   * @param published the paper's
   */
  public record Against(
      String model, String pair, String measure, SummaryLine line, Published.Value published) {}

  /** Only networks that were trained on what the paper's were can be laid beside them. */
  private static List<Against> against(RunInfo run, Summary summary, Published published) {
    Map<String, String> networks =
        run.models().stream()
            .filter(m -> m.classes() == Architecture.IMAGENET_CLASSES)
            .collect(Collectors.toMap(m -> m.id(), m -> m.network()));
    List<Against> all = new ArrayList<>();
    for (SummaryLine line : summary.lines()) {
      Reference reference = Reference.of(line.reference());
      boolean saliency = reference.isSaliency() && !reference.isControl();
      Optional<Published.Value> value =
          Optional.ofNullable(networks.get(line.model()))
              .flatMap(
                  network ->
                      published.find(
                          network,
                          line.precision(),
                          saliency ? Published.SALIENCY : reference.id(),
                          line.measure()));
      if (line.mean() != null && value.isPresent()) {
        String pair = line.precision() + " / " + line.reference();
        all.add(
            new Against(
                summary.models().get(line.model()), pair, line.measure(), line, value.get()));
      }
    }
    return all;
  }

  /**
   * Images that were not used.
   *
   * @param count how many
   * @param first the first of them: key, stage with model, and reason
   */
  public record Rejects(long count, List<List<String>> first) {}

  private Rejects rejects() throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    List<List<String>> first = new ArrayList<>();
    long count = 0;
    try (BufferedReader in = Files.newBufferedReader(folder.resolve("rejects.csv"));
        var records = format.parse(in)) {
      for (CSVRecord reject : records) {
        if (count++ < MAX_REJECTS) {
          first.add(List.of(reject.get("key"), stage(reject), reject.get("reason")));
        }
      }
    }
    return new Rejects(count, first);
  }

  private static String stage(CSVRecord reject) {
    return (reject.get("stage") + " " + reject.get("model")).strip();
  }
}
