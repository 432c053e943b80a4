package org.bitgaze.pipelines.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.StudyFindings.RuleSpread;
import org.bitgaze.pipelines.study.SampleResult;
import org.bitgaze.pipelines.table.Layout;
import org.bitgaze.pipelines.table.Numbers;
import org.bitgaze.pipelines.table.Table;

/** A study of calibration as text, {@code study.csv} and {@code study.html}. */
public final class StudyReport {
  private StudyReport() {}

  /** {@return the tables and recommendations for a terminal} */
  public static List<String> text(StudyFindings findings) {
    List<String> lines = new ArrayList<>(rules(findings).text());
    findings
        .recommendations()
        .forEach(
            r -> lines.add("recommended for " + r.model() + " " + r.text() + ". " + r.evidence()));
    if (!findings.warning().isEmpty()) {
      lines.add(findings.warning());
    }
    return lines;
  }

  /** Writes one line per model, precision, rule, size and sample. */
  public static void csv(StudyFindings findings, Path file) throws IOException {
    new Layout<SampleResult>()
        .left("model", SampleResult::model)
        .left("precision", SampleResult::precision)
        .left("ranges", SampleResult::rule)
        .right("size", SampleResult::size)
        .right("sample", SampleResult::sample)
        .right("calibration_images", SampleResult::calibrated)
        .right("images", SampleResult::images)
        .right("CC", r -> Numbers.digits(r.cc()))
        .right("FLIP", r -> Numbers.digits(r.flip()))
        .right("vanished", SampleResult::vanished)
        .of(findings.samples())
        .writeCsv(file);
  }

  /** Writes the page. */
  public static void html(StudyFindings findings, RunInfo run, Path file) throws IOException {
    Map<String, Object> model = new HashMap<>();
    model.put("run", run);
    model.put("titles", run.titles());
    model.put("recommendations", findings.recommendations());
    model.put("size", findings.size());
    model.put("warning", findings.warning());
    model.put("tolerance", StudyFindings.TOLERANCE);
    model.put("rules", rules(findings));
    model.put("pairs", pairs(findings));
    model.put("sizes", sizes(findings));
    model.put("data", Page.json(new Charts(samples(findings, run), curves(findings, run))));
    Page.write("study", model, file);
  }

  /**
   * The numbers behind the plots.
   *
   * @param samples one chart per model and precision: rule to one point (CC, FLIP) per sample
   * @param curves one chart per model and precision: rule to points of size, mean CC and spread
   */
  private record Charts(
      Map<String, Map<String, List<double[]>>> samples,
      Map<String, Map<String, List<double[]>>> curves) {}

  private static Table rules(StudyFindings findings) {
    return spreads(
        findings.rules().stream().filter(s -> s.size() == findings.size()).toList(), true);
  }

  private static Table sizes(StudyFindings findings) {
    return spreads(findings.rules(), false);
  }

  private static Table spreads(List<RuleSpread> spreads, boolean main) {
    Layout<RuleSpread> layout =
        new Layout<RuleSpread>()
            .left("Model", RuleSpread::model)
            .left("Precision", RuleSpread::precision)
            .left("Ranges", RuleSpread::rule)
            .right("Images", RuleSpread::size)
            .right("Samples", RuleSpread::samples)
            .right("Mean CC", s -> Numbers.fixed(s.cc(), 4))
            .right("Spread", s -> Numbers.fixed(s.ccSpread(), 4))
            .right("Range", s -> Numbers.fixed(s.ccMin(), 4) + " to " + Numbers.fixed(s.ccMax(), 4))
            .right("Flips", s -> Numbers.percent(s.flip()))
            .right("Spread of flips", s -> Numbers.percent(s.flipSpread()))
            .right("Vanished", s -> Numbers.fixed(s.vanished(), 1));
    if (main) {
      layout.right("Spread of one image", s -> Numbers.fixed(s.imageSpread(), 4));
    }
    return layout.of(spreads);
  }

  private static Table pairs(StudyFindings findings) {
    return new Layout<PairedDifference>()
        .left("Model", PairedDifference::model)
        .left("Ranges", PairedDifference::precision)
        .left("Minus", PairedDifference::other)
        .right("Images", PairedDifference::pairs)
        .right("Difference of CC [95 % CI]", p -> p.interval(4))
        .right("Rank-biserial", p -> Numbers.fixed(p.effect(), 2))
        .right("p (Holm)", PairedDifference::correctedCell)
        .of(findings.pairs());
  }

  private static Map<String, Map<String, List<double[]>>> samples(
      StudyFindings findings, RunInfo run) {
    Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
    for (SampleResult r : findings.samples()) {
      if (r.size() == findings.size()) {
        points(all, run, r.model(), r.precision(), r.rule())
            .add(new double[] {r.cc(), r.flip(), r.sample()});
      }
    }
    return all;
  }

  private static Map<String, Map<String, List<double[]>>> curves(
      StudyFindings findings, RunInfo run) {
    Map<String, Map<String, List<double[]>>> all = new LinkedHashMap<>();
    findings.rules().stream()
        .sorted((a, b) -> Integer.compare(a.size(), b.size()))
        .forEach(
            s ->
                points(all, run, s.model(), s.precision(), s.rule())
                    .add(new double[] {s.size(), s.ccSpread(), s.cc()}));
    return all;
  }

  private static List<double[]> points(
      Map<String, Map<String, List<double[]>>> all,
      RunInfo run,
      String model,
      String precision,
      String rule) {
    String title = String.format(Locale.ROOT, "%s, %s", run.titles().get(model), precision);
    return all.computeIfAbsent(title, t -> new LinkedHashMap<>())
        .computeIfAbsent(rule, r -> new ArrayList<>());
  }
}
