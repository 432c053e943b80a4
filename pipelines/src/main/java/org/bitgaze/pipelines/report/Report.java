package org.bitgaze.pipelines.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.ExhibitLine;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Summary;
import org.bitgaze.pipelines.output.SummaryLine;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Table;
import org.bitgaze.quant.Calibration;
import org.bitgaze.zoo.Architecture;

/**
 * {@code report.html}, {@code table1.md} and {@code table1.tex}, made from a job's other outputs.
 * The page holds its scripts, styles and pictures, and loads nothing.
 */
public final class Report {
  /** Names of the outputs that the report is made from, besides the rows. */
  public static final List<String> SOURCES =
      List.of("summary.json", "exhibits.jsonl", "calibration.json", "run.json", "rejects.csv");

  /** Names of the report's files. */
  public static final List<String> FILES = List.of("report.html", "table1.md", "table1.tex");

  private static final int MAX_REJECTS = 50;

  /** Classes to unfold, for each model at each precision: more would make the page large. */
  private static final int MAX_CLASSES = 90;

  private final Path sources;
  private final Path target;
  private final Optional<Gate> gate;
  private final Optional<Assessment> known;

  private Report(Path sources, Path target, Optional<Gate> gate, Optional<Assessment> known) {
    this.sources = sources;
    this.target = target;
    this.gate = gate;
    this.known = known;
  }

  /**
   * Prepares the report of a run that has just ended.
   *
   * @param sources folder of the run's outputs
   * @param target folder of the report
   * @param assessment of the run
   */
  public Report(Path sources, Path target, Assessment assessment) {
    this(sources, target, Optional.empty(), Optional.of(assessment));
  }

  /**
   * Prepares the report of an earlier run.
   *
   * @param folder of the run's outputs, and of the report
   * @param gate conditions of the verdicts; empty for the run's own
   */
  public Report(Path folder, Optional<Gate> gate) {
    this(folder, folder, gate, Optional.empty());
  }

  private Assessment assessment(Run run) throws IOException {
    return known.isPresent()
        ? known.get()
        : Assessment.of(
            gate.orElseGet(() -> Gate.parse(run.info().gate())), run.summary(), run.rows());
  }

  /**
   * Writes the report.
   *
   * @throws IOException if an output cannot be read, or the report cannot be written
   */
  public void write() throws IOException {
    try (Run run = Run.open(sources)) {
      run.rows().prepared();
      Summary summary = run.summary();
      Table1 table = Table1.of(summary);
      String markdown = table.table("maps", "measure").markdown();
      String latex = table.table("Maps", "Measure").latex();
      Map<String, Object> model = new HashMap<>();
      model.put("summary", summary);
      model.put("run", run.info());
      model.put("titles", table.models());
      model.put("markdown", markdown);
      model.put("latex", latex);
      model.put("calibration", calibration());
      model.put("sample", sample(run));
      model.put(
          "agreements",
          DeploymentAgreement.of(run.summary(), run.located()).stream()
              .map(DeploymentAgreement::sentence)
              .toList());
      model.put("accuracies", TaskAccuracy.of(summary));
      model.put("rejects", rejects());
      model.put("compact", CompactTable.of(summary));
      model.put("measures", Distributions.measures(summary));
      model.put("shares", summary.measures(Measure::isShare).stream().map(Measure::id).toList());
      addTables(model, run);
      addPictures(model, run);
      Files.writeString(target.resolve("table1.md"), markdown);
      Files.writeString(target.resolve("table1.tex"), latex);
      Page.write("report", model, target.resolve("report.html"));
    }
  }

  private Calibration calibration() throws IOException {
    return CalibrationFile.read(sources.resolve("calibration.json")).calibration();
  }

  private CalibrationSample sample(Run run) throws IOException {
    return CalibrationSample.of(calibration(), run.rows());
  }

  private void addTables(Map<String, Object> model, Run run) throws IOException {
    Summary summary = run.summary();
    Map<String, String> titles = summary.models();
    Published published = Published.read();
    model.put("published", published);
    model.put("against", against(run.info(), summary, published));
    model.put("classes", ClassSection.of(run, MAX_CLASSES));
    model.put("tests", Comparisons.table(Comparisons.of(summary, run.rows()), titles));
    model.put("alignments", Alignment.table(Alignment.of(summary, run.rows()), titles));
  }

  /** Everything that is drawn, and the verdicts, which have pictures. */
  private void addPictures(Map<String, Object> model, Run run) throws IOException {
    Summary summary = run.summary();
    Assessment assessment = assessment(run);
    Distributions distributions = Distributions.of(summary, run.rows());
    List<VanishedShare> shares = VanishedShare.of(summary, run.rows());
    Gallery gallery = new Gallery(summary, run.info().classNames(), exhibits());
    List<Answer> answers = new ArrayList<>();
    for (Verdict v : assessment.verdicts()) {
      double[] quantiles =
          distributions.get(v.model(), v.precision(), "f32", StandardMeasure.CC.id());
      answers.add(
          new Answer(
              v,
              gallery.worst(v.model(), v.precision()),
              gallery.spread(v.model(), v.precision(), quantiles)));
    }
    model.put("answers", answers);
    addTests(model, run, assessment.tests());
    model.put("floors", NoiseFloor.table(assessment.floors(), summary.models()));
    boolean lost = shares.stream().anyMatch(v -> v.vanished() > 0);
    model.put("vanished", VanishedShare.table(lost ? shares : List.of(), summary.models()));
    model.put("panels", DriftPanel.of(summary, distributions, shares));
    model.put("data", Page.json(Charts.of(summary, run.rows(), distributions)));
    model.put("legend", gallery.legend());
    model.put("differenceLegend", gallery.differenceLegend());
    model.put("colorMap", ColorMap.NAME);
    model.put("grids", gallery.grids());
    model.put("exhibits", gallery.size());
    model.put("pictures", gallery.pictures().all());
  }

  private static void addTests(Map<String, Object> model, Run run, MapTestResults tests) {
    Map<String, String> titles = run.summary().models();
    model.put("testSentences", tests.sentences(run.info()));
    model.put("faithfulness", tests.faithfulnessTable(titles));
    model.put("cross", tests.crossTable(titles));
    model.put("sanity", tests.sanityTable(titles));
  }

  /**
   * Writes {@code report.md}, for a comment on a pull request.
   *
   * @throws IOException if an output cannot be read, or the report cannot be written
   */
  public void writeMarkdown() throws IOException {
    try (Run run = Run.open(sources)) {
      Files.writeString(
          target.resolve("report.md"), MarkdownReport.of(run, assessment(run), exhibits()));
    }
  }

  private List<ExhibitLine> exhibits() throws IOException {
    return Findings.exhibits(sources.resolve("exhibits.jsonl"));
  }

  /**
   * A verdict and the pictures that go with it.
   *
   * @param verdict whether the model at the precision looks where f32 looks
   * @param worst the images that drift most, the worst first
   * @param spread the largest, the median and the smallest drift
   */
  public record Answer(Verdict verdict, List<Gallery.Pair> worst, List<Gallery.Pair> spread) {}

  /** One of our numbers and the published one. */
  private record Against(String model, SummaryLine line, MeanStd published) {}

  /** Published numbers can only be compared with networks of ImageNet's classes. */
  private static Table against(RunInfo run, Summary summary, Published published) {
    Map<String, String> networks =
        run.models().stream()
            .filter(m -> m.classes() == Architecture.IMAGENET_CLASSES)
            .collect(Collectors.toMap(RunInfo.ModelInfo::id, RunInfo.ModelInfo::network));
    List<Against> all = new ArrayList<>();
    for (SummaryLine line : summary.lines()) {
      String network = networks.get(line.model());
      if (network != null && line.mean() != null) {
        boolean isSaliency = Reference.of(line.reference()).kind() == Reference.Kind.SALIENCY;
        String reference = isSaliency ? Published.SALIENCY : line.reference();
        published
            .find(network, line.precision(), reference, line.measure())
            .ifPresent(value -> all.add(new Against(run.titles().get(line.model()), line, value)));
      }
    }
    return new Layout<Against>()
        .left("Model", Against::model)
        .left("Maps", a -> a.line().precision() + " / " + a.line().reference())
        .left("Measure", a -> a.line().measure())
        .right("This run", a -> MeanStd.of(Optional.of(a.line())).text())
        .right("Published", a -> a.published().text())
        .right(
            "Difference of the means",
            a -> String.format(Locale.ROOT, "%+.3f", a.line().mean() - a.published().mean()))
        .of(all);
  }

  /**
   * Images that were not used.
   *
   * @param count the number of rejects
   * @param table the first of them
   */
  public record Rejects(long count, Table table) {}

  private Rejects rejects() throws IOException {
    CSVFormat format = CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).build();
    List<CSVRecord> first = new ArrayList<>();
    long count = 0;
    try (BufferedReader in = Files.newBufferedReader(sources.resolve("rejects.csv"));
        var records = format.parse(in)) {
      for (CSVRecord reject : records) {
        if (count++ < MAX_REJECTS) {
          first.add(reject);
        }
      }
    }
    Table table =
        new Layout<CSVRecord>()
            .left("Image", r -> r.get("key"))
            .left("Step", r -> (r.get("stage") + " " + r.get("model")).strip())
            .left("Reason", r -> r.get("reason"))
            .of(first);
    return new Rejects(count, table);
  }
}
