package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.report.StudyFindings;
import org.bitgaze.pipelines.report.StudyReport;
import org.bitgaze.pipelines.study.SampleResult;
import org.bitgaze.pipelines.study.StudyValues;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.transforms.ExplainImages;

/**
 * Studies how far an audit depends on the calibration images and on the rule: calibrates on
 * disjoint samples by each rule, and audits each calibration on the same images.
 */
public final class StudyJob extends SweepJob {
  private final StudyPlan plan;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan what to compute
   */
  public StudyJob(JobContext context, StudyPlan plan) {
    super(context, plan.audit());
    this.plan = plan;
  }

  @Override
  boolean execute(Path work) throws IOException {
    StudyFindings findings = StudyFindings.of(values(work), shared());
    Path made = Files.createDirectory(work.resolve("made"));
    findings.write(made.resolve("study.json"));
    StudyReport.csv(findings, made.resolve("study.csv"));
    RunInfo ended = ended();
    ended.write(made.resolve("run.json"));
    StudyReport.html(findings, ended, made.resolve("study.html"));
    publish(made);
    StudyReport.text(findings).forEach(out::println);
    out.println("results in " + context.output() + ", report: " + context.output() + "study.html");
    return true;
  }

  /** Counts the calibration images of the main size that are audited, too. */
  private long shared() throws IOException {
    AuditInput source = context.calibration().orElse(context.input());
    Set<String> audited =
        Set.copyOf(
            context.input().first((int) Math.min(context.input().count(), Integer.MAX_VALUE)));
    return source.first((int) plan.design().needed()).stream()
        .filter(audited::contains)
        .filter(key -> context.calibration().isEmpty() || isShared(key, source))
        .count();
  }

  private StudyValues values(Path work) throws IOException {
    AuditInput source = context.calibration().orElse(context.input());
    List<Integer> sizes = plan.design().sizes(source.count());
    StudyValues values =
        new StudyValues(
            plan.design().size(), plan.design().samples(plan.design().size(), source.count()));
    for (ExplainImages explanation : plan.audit().explanations()) {
      for (int size : sizes) {
        int samples = plan.design().samples(size, source.count());
        List<String> keys = source.first(samples * size);
        for (int sample = 0; sample < samples; sample++) {
          out.printf(
              "%s: sample %d of %d, %d images%n",
              explanation.getModel().id(), sample + 1, samples, size);
          Set<String> drawn = Set.copyOf(keys.subList(sample * size, (sample + 1) * size));
          Path folder = Files.createTempDirectory(work, "sample");
          audit(explanation, source.within(drawn::contains), size, sample, values, folder);
          BeamFiles.deleteTree(folder);
        }
      }
    }
    return values;
  }

  /** Calibrates on one sample by all rules, and audits all calibrations together. */
  private void audit(
      ExplainImages explanation,
      AuditInput drawn,
      int size,
      int sample,
      StudyValues values,
      Path folder)
      throws IOException {
    List<Calibration> calibrations =
        new RangeCalibration(
                context.runner().options(),
                drawn,
                List.of(explanation.getModel()),
                plan.rules(),
                size,
                context.runner().slots())
            .runAll();
    Map<String, Calibration> own = new LinkedHashMap<>();
    List<Configuration> configurations = new ArrayList<>();
    List<StudyValues.Cell> cells = new ArrayList<>();
    for (Precision precision : plan.precisions()) {
      List<RangeRule> defined = plan.rules(precision);
      for (Calibration calibration : calibrations) {
        if (defined.contains(calibration.rule())) {
          StudyValues.Cell cell =
              new StudyValues.Cell(
                  explanation.getModel().id(), precision.toString(), calibration.rule().id());
          own.put(cell.label(), calibration);
          configurations.add(Configuration.uniform(precision).named(cell.label()));
          cells.add(cell);
        }
      }
    }
    AuditPlan audit =
        plan.audit().of(explanation.withPrecisions(configurations).withCalibrations(own));
    Path shards = Files.createDirectory(folder.resolve("shards"));
    runs().run(context.input(), audit, shards);
    try (RowQueries rows = SweepRuns.rows(audit, shards, folder)) {
      // A study takes long: what is known is printed, so that an interruption does not lose it.
      for (StudyValues.Cell cell : cells) {
        SampleResult result =
            values.add(rows, cell, size, sample, calibrations.get(0).images().size());
        out.printf(
            Locale.ROOT, "  %s: CC %.4f, flips %.3f%n", cell.label(), result.cc(), result.flip());
      }
    }
  }
}
