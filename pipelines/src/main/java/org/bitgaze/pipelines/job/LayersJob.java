package org.bitgaze.pipelines.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.JUnitXml;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.layers.LayerTables;
import org.bitgaze.pipelines.layers.LayersResult;
import org.bitgaze.pipelines.layers.MixedGate;
import org.bitgaze.pipelines.layers.MixedSearch;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.QuietLayer;
import org.bitgaze.pipelines.layers.RatioAgreement;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.pipelines.layers.Sensitivity;
import org.bitgaze.pipelines.layers.SweepEvaluation;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.MixedFile;
import org.bitgaze.pipelines.output.RowQueries;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.LayersReport;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.sweep.SensitivityRun;
import org.bitgaze.torch.SweepProgram;
import org.bitgaze.transforms.ExplainImages;

/**
 * The job over layers: calibrates, sweeps, searches a mixed precision if conditions are given, and
 * writes tables and report. Each sweep is a pipeline, an audit of many configurations.
 */
public final class LayersJob extends SweepJob {
  private final LayersPlan plan;

  /** A model's layers and the configurations that are tried. */
  private record Outline(List<QuantizableLayer> layers, List<SensitivityRun> trials) {
    List<Configuration> configurations() {
      return trials.stream().map(SensitivityRun::configuration).toList();
    }
  }

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param context where it runs, what it reads, and where it writes
   * @param plan what to compute
   */
  public LayersJob(JobContext context, LayersPlan plan) {
    super(context, plan.audit());
    this.plan = plan;
  }

  @Override
  boolean execute(Path work) throws IOException {
    LayersResult result = compute(work);
    LayersReport.text(result).forEach(out::println);
    List<Judgement> judgements = MixedGate.judge(plan.audit().gate(), result);
    judgements.forEach(j -> out.println("gate: " + j.line()));
    out.println("results in " + context.output() + ", report: " + context.output() + "layers.html");
    return judgements.stream().allMatch(Judgement::holds);
  }

  private LayersResult compute(Path work) throws IOException {
    AuditInput searched =
        plan.search().isPresent() ? part(plan.search().get(), false) : context.input();
    requireBothParts(searched);
    AuditPlan audit = calibratedIfNeeded(searched);
    Map<String, Outline> outlines = outlines();
    Map<String, List<Configuration>> configurations = new LinkedHashMap<>();
    outlines.forEach((id, outline) -> configurations.put(id, outline.configurations()));
    Set<Measure> measures = new LinkedHashSet<>(audit.measures());
    measures.addAll(MeasureCatalog.ofSignals());
    AuditPlan sweep = audit.together(configurations, measures);
    out.printf(
        Locale.ROOT,
        "%d configurations of each image, %d images%n",
        configurations.values().stream().mapToInt(List::size).sum(),
        searched.count());
    Path shards = Files.createDirectory(work.resolve("shards"));
    SweepEvaluation evaluation = new SweepEvaluation(runs().run(searched, sweep, shards).summary());
    Map<String, ModelResult> models = new LinkedHashMap<>();
    for (ExplainImages explanation : sweep.explanations()) {
      String id = explanation.getModel().id();
      models.put(id, swept(explanation, outlines.get(id), evaluation));
    }
    try (RowQueries rows = SweepRuns.rows(sweep, shards, work)) {
      Map<String, List<SensitivityRun>> trials = new LinkedHashMap<>();
      outlines.forEach((id, outline) -> trials.put(id, outline.trials()));
      new LayerExhibits(context, sweep).addTo(models, trials, rows, runs());
    }
    Map<String, Configuration> mixed = new LinkedHashMap<>();
    LayersResult result = result(searched, models);
    publish(result, audit, mixed, shards);
    for (Model model : plan.search().isPresent() ? audit.models() : List.<Model>of()) {
      MixedSearch.Found found;
      try {
        found = search(audit, model, outlines.get(model.id()).layers(), evaluation, shards);
      } catch (IOException | RuntimeException e) {
        throw new IOException(
            "the layers' results are in "
                + context.output()
                + "layers.csv and layers.html, but the search for a mixed precision of "
                + model.id()
                + " failed: "
                + e.getMessage(),
            e);
      }
      mixed.put(model.id(), found.configuration());
      models.computeIfPresent(model.id(), (id, swept) -> swept.with(found.result()));
      result = result(searched, models);
      // Published now: a failure for another model does not lose this one.
      publish(result, audit, mixed, shards);
    }
    return result;
  }

  private LayersResult result(AuditInput searched, Map<String, ModelResult> models) {
    return new LayersResult(
        plan.precisions().stream().map(Precision::toString).toList(),
        searched.count(),
        List.copyOf(models.values()));
  }

  private ModelResult swept(ExplainImages explanation, Outline outline, SweepEvaluation evaluation)
      throws IOException {
    Model model = explanation.getModel();
    List<Sensitivity> lines =
        Sensitivity.of(model.id(), outline.layers(), outline.trials(), evaluation);
    List<RatioAgreement> agreements = new ArrayList<>();
    List<QuietLayer> quiet = new ArrayList<>();
    for (Precision precision : plan.precisions()) {
      agreements.addAll(RatioAgreement.of(model.id(), precision.toString(), lines));
      quiet.addAll(QuietLayer.of(precision.toString(), lines));
    }
    try (var lease = SweepProgram.lease(explanation.sweepKey())) {
      double saved = lease.program().saved(explanation.getConfigurations());
      return new ModelResult(model.id(), model.title(), lines, agreements, quiet, saved, List.of());
    }
  }

  /** Writes the results so far, and replaces earlier ones. */
  private void publish(
      LayersResult result, AuditPlan audit, Map<String, Configuration> mixed, Path shards)
      throws IOException {
    Path made = Files.createTempDirectory("bitgaze-layers-made");
    try {
      RunInfo ended = ended();
      LayerTables.layers(result, made);
      LayerTables.frontier(result, made);
      Tables.rejects(shards, made);
      CalibrationFile.write(
          audit.recordedCalibration(),
          audit.protocol().decidingRanges(),
          ended.models(),
          made.resolve("calibration.json"));
      if (!mixed.isEmpty()) {
        MixedFile.write(mixed, made.resolve("mixed.json"));
      }
      result.write(made.resolve("layers.json"));
      ended.write(made.resolve("run.json"));
      LayersReport.write(result, ended, made.resolve("layers.html"));
      Gate gate = audit.gate();
      // A gate file of some of the models would look as if all of them had been judged.
      if (!gate.equals(Gate.NONE) && mixed.size() == audit.models().size()) {
        JUnitXml.write(
            Map.of("bitgaze gate", MixedGate.judge(gate, result)), made.resolve("gate.xml"));
      }
      publish(made);
    } finally {
      BeamFiles.deleteTree(made);
    }
  }

  private AuditInput part(Search search, boolean heldOut) throws IOException {
    var share = heldOut ? search.verified() : search.searched();
    return context.input().within(share::accepts);
  }

  private void requireBothParts(AuditInput searched) throws IOException {
    if (plan.search().isPresent()) {
      long heldOut = part(plan.search().get(), true).count();
      if (searched.count() < 2 || heldOut < 2) {
        throw new IOException(
            "the held-out share leaves "
                + searched.count()
                + " images to search and "
                + heldOut
                + " to verify; at least 2 of each are needed");
      }
    }
  }

  private AuditPlan calibratedIfNeeded(AuditInput images) throws IOException {
    AuditPlan audit = plan.audit();
    Map<String, List<Configuration>> wanted = new LinkedHashMap<>();
    List<Configuration> uniform = plan.precisions().stream().map(Configuration::uniform).toList();
    audit.models().forEach(model -> wanted.put(model.id(), uniform));
    return audit.together(wanted, audit.measures()).needsCalibration()
        ? calibrated(audit, images)
        : audit;
  }

  private Map<String, Outline> outlines() throws IOException {
    Map<String, Outline> outlines = new LinkedHashMap<>();
    for (Model model : plan.audit().models()) {
      try (OpenModel open = model.open()) {
        List<QuantizableLayer> layers = open.layers();
        List<SensitivityRun> trials = new ArrayList<>();
        for (Precision precision : plan.precisions()) {
          trials.addAll(SensitivityRun.of(layers, precision, plan.kinds()));
        }
        outlines.put(model.id(), new Outline(layers, trials));
      }
    }
    return outlines;
  }

  private MixedSearch.Found search(
      AuditPlan audit,
      Model model,
      List<QuantizableLayer> layers,
      SweepEvaluation sweep,
      Path shards)
      throws IOException {
    Search search = plan.search().orElseThrow();
    AuditInput searched = part(search, false);
    AuditInput heldOut = part(search, true);
    out.println("searching a mixed precision of " + model.id());
    AuditPlan alone = audit.alone(model.id());
    MixedSearch mixed =
        new MixedSearch(
            model.id(),
            layers,
            plan.precisions(),
            search,
            sweep,
            (configurations, isHeldOut) -> {
              AuditPlan together =
                  alone.together(Map.of(model.id(), configurations), audit.measures());
              return isHeldOut
                  ? runs().verify(heldOut, together, shards)
                  : runs().evaluate(searched, together);
            });
    return mixed.run(searched.count(), heldOut.count());
  }
}
