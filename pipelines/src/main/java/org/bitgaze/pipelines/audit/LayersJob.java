package org.bitgaze.pipelines.audit;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.bitgaze.image.RgbImage;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.pipelines.bench.Host;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.gate.JUnitXml;
import org.bitgaze.pipelines.gate.Judgement;
import org.bitgaze.pipelines.layers.Agreement;
import org.bitgaze.pipelines.layers.DriftExample;
import org.bitgaze.pipelines.layers.DriftedImage;
import org.bitgaze.pipelines.layers.LayerTables;
import org.bitgaze.pipelines.layers.LayersResult;
import org.bitgaze.pipelines.layers.MixedGate;
import org.bitgaze.pipelines.layers.MixedSearch;
import org.bitgaze.pipelines.layers.ModelResult;
import org.bitgaze.pipelines.layers.QuietLayer;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.pipelines.layers.Sensitivity;
import org.bitgaze.pipelines.layers.SweepEvaluation;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.pipelines.output.Findings;
import org.bitgaze.pipelines.output.MapImage;
import org.bitgaze.pipelines.output.MixedFile;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.Rows;
import org.bitgaze.pipelines.output.RunInfo;
import org.bitgaze.pipelines.output.Tables;
import org.bitgaze.pipelines.report.LayersReport;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.Trial;
import org.bitgaze.torch.ProgramCache;
import org.bitgaze.torch.SweepProgram;
import org.bitgaze.torch.SweepResult;
import org.bitgaze.transforms.ExplainImages;

/**
 * Runs the job over layers: calibrates, sweeps, looks for a mixed precision where one is asked for,
 * and gathers tables and report. Each sweep is a pipeline of its own, an audit of many
 * configurations.
 */
public final class LayersJob {
  /** Images that are shown of each layer that is quiet but harmful. */
  private static final int WORST = 3;

  /** So many layers of a model at a precision are shown with their images. */
  private static final int PICTURED = 6;

  private final AuditJob.Runtime runtime;
  private final AuditInput input;
  private final LayersPlan plan;
  private final AuditJob.Description description;
  private final OutputFolder output;
  private final PrintStream out;
  private final boolean terminal;
  private final WatchedPipelines pipelines;

  /** Where the running pipeline writes. */
  private final AtomicReference<OutputFolder> staging = new AtomicReference<>();

  private RunInfo run;
  private long start;

  /**
   * Prepares a job; nothing runs yet.
   *
   * @param runtime where it runs
   * @param input where the images are
   * @param plan what to compute
   * @param description what the report says of the job
   * @param output where the results go
   * @param out where progress and tables are printed
   * @param terminal whether {@code out} is a terminal
   */
  public LayersJob(
      AuditJob.Runtime runtime,
      AuditInput input,
      LayersPlan plan,
      AuditJob.Description description,
      OutputFolder output,
      PrintStream out,
      boolean terminal) {
    this.runtime = runtime;
    this.input = input;
    this.plan = plan;
    this.description = description;
    this.output = output;
    this.out = out;
    this.terminal = terminal;
    this.pipelines = new WatchedPipelines(runtime.options(), out);
  }

  /** What is known of a model before images are looked at. */
  private record Outline(List<QuantizableLayer> layers, List<Trial> trials) {}

  /**
   * Runs the job to its end.
   *
   * @return whether all holds that must
   * @throws IOException if outputs cannot be written
   * @throws org.apache.beam.sdk.Pipeline.PipelineExecutionException if the job fails
   */
  public boolean run() throws IOException {
    run = PlannedRun.of(plan.audit(), description);
    start = System.nanoTime();
    Thread cleanup = new Thread(this::stop);
    java.lang.Runtime.getRuntime().addShutdownHook(cleanup);
    Path work = Files.createTempDirectory("bitgaze-layers");
    try {
      // What cannot be written is found before work starts.
      output.open();
      output.discard();
      LayersResult result = compute(work);
      LayersReport.text(result).forEach(out::println);
      List<Judgement> judgements = MixedGate.judge(plan.audit().gate(), result);
      judgements.forEach(j -> out.println("gate: " + j.line()));
      out.println("results in " + output + ", to be looked at: " + output + "layers.html");
      return judgements.stream().allMatch(Judgement::holds);
    } finally {
      output.discard();
      BeamFiles.deleteTree(work);
      try {
        java.lang.Runtime.getRuntime().removeShutdownHook(cleanup);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook runs.
      }
    }
  }

  private LayersResult compute(Path work) throws IOException {
    requireBothParts();
    AuditInput searched =
        plan.search().isPresent() ? input.within(plan.search().get().searched()) : input;
    AuditPlan audit = calibrated(searched);
    Map<String, Outline> outlines = outlines();
    Map<String, List<Configuration>> trials = new LinkedHashMap<>();
    outlines.forEach(
        (id, o) -> trials.put(id, o.trials().stream().map(Trial::configuration).toList()));
    Set<Measure> measures = new LinkedHashSet<>(audit.measures());
    measures.addAll(MeasureCatalog.ofSignals());
    AuditPlan sweep = audit.together(trials, measures);
    out.printf(
        Locale.ROOT,
        "%d configurations of each image, %d images%n",
        trials.values().stream().mapToInt(List::size).sum(),
        searched.count());
    Path shards = Files.createDirectory(work.resolve("shards"));
    SweepEvaluation evaluation = evaluate(searched, sweep, shards);
    Path rows = work.resolve("rows.parquet");
    Tables.rows(shards, sweep.modelIds(), sweep.mapLabels(), sweep.measureIds(), work);
    Map<String, ModelResult> models = new LinkedHashMap<>();
    for (ExplainImages explanation : sweep.explanations()) {
      ModelResult swept =
          swept(explanation, outlines.get(explanation.getModel().id()), evaluation, rows);
      models.put(swept.id(), swept);
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
            "what layers do is in "
                + output
                + "layers.csv and layers.html, but the search for a mixed precision of "
                + model.id()
                + " failed: "
                + e.getMessage(),
            e);
      }
      mixed.put(model.id(), found.configuration());
      models.computeIfPresent(model.id(), (id, swept) -> swept.with(found.result()));
      result = result(searched, models);
      // A fault in the search for another model does not take this one away.
      publish(result, audit, mixed, shards);
    }
    return result;
  }

  private LayersResult result(AuditInput searched, Map<String, ModelResult> models)
      throws IOException {
    return new LayersResult(
        plan.precisions().stream().map(Precision::toString).toList(),
        searched.count(),
        List.copyOf(models.values()));
  }

  private ModelResult swept(
      ExplainImages explanation, Outline outline, SweepEvaluation evaluation, Path rows)
      throws IOException {
    Model model = explanation.getModel();
    List<Sensitivity> lines =
        Sensitivity.of(model.id(), outline.layers(), outline.trials(), evaluation);
    List<Agreement> agreements = new ArrayList<>();
    List<QuietLayer> quiet = new ArrayList<>();
    try (var lease = ProgramCache.sweep(explanation.sweepKey())) {
      for (Precision precision : plan.precisions()) {
        agreements.addAll(Agreement.of(model.id(), precision.toString(), lines));
        List<QuietLayer> found = QuietLayer.of(precision.toString(), lines);
        quiet.addAll(pictured(model, outline, found, rows, lease.program()));
      }
      double saved = lease.program().saved(explanation.getConfigurations());
      return new ModelResult(model.id(), model.title(), lines, agreements, quiet, saved, List.of());
    }
  }

  /** Writes all that is known so far, in place of what was. */
  private void publish(
      LayersResult result, AuditPlan audit, Map<String, Configuration> mixed, Path shards)
      throws IOException {
    Path made = Files.createTempDirectory("bitgaze-layers-made");
    try {
      LayerTables.layers(result, made);
      LayerTables.frontier(result, made);
      Tables.rejects(shards, made);
      CalibrationFile.write(
          audit.calibration().orElse(Calibration.of(audit.ranges(), List.of(), Map.of())),
          audit.protocol().decidingRanges(),
          run.models(),
          made.resolve("calibration.json"));
      if (!mixed.isEmpty()) {
        MixedFile.write(mixed, made.resolve("mixed.json"));
      }
      result.write(made.resolve("layers.json"));
      RunInfo ended =
          run.ended(
              (System.nanoTime() - start) / 1e9, Map.of(), Host.footprint(), Host.convolutions());
      ended.write(made.resolve("run.json"));
      LayersReport.write(result, ended, made.resolve("layers.html"));
      Gate gate = audit.gate();
      // Not of a part: whoever collects it sees that all was judged, or nothing.
      if (!gate.equals(Gate.NONE) && mixed.size() == audit.models().size()) {
        JUnitXml.write(
            Map.of("bitgaze gate", MixedGate.judge(gate, result)), made.resolve("gate.xml"));
      }
      output.open();
      output.replaceAll(made);
    } finally {
      output.discard();
      BeamFiles.deleteTree(made);
    }
  }

  /** A mixed precision that is verified on no image is none. */
  private void requireBothParts() throws IOException {
    if (plan.search().isPresent()) {
      long searched = input.within(plan.search().get().searched()).count();
      long heldOut = input.within(plan.search().get().verified()).count();
      if (searched < 2 || heldOut < 2) {
        throw new IOException(
            "--holdout leaves "
                + searched
                + " images to search and "
                + heldOut
                + " to verify; at least 2 of each are needed");
      }
    }
  }

  private AuditPlan calibrated(AuditInput images) throws IOException {
    AuditPlan audit = plan.audit();
    Map<String, List<Configuration>> wanted = new LinkedHashMap<>();
    List<Configuration> uniform = plan.precisions().stream().map(Configuration::uniform).toList();
    audit.models().forEach(model -> wanted.put(model.id(), uniform));
    if (!audit.together(wanted, audit.measures()).needsCalibration()) {
      return audit;
    }
    Calibration calibration =
        new CalibrationJob(
                runtime.options(),
                images,
                audit.models(),
                audit.ranges(),
                audit.calibrationImages(),
                runtime.slots())
            .run(out);
    return audit.with(calibration);
  }

  private Map<String, Outline> outlines() throws IOException {
    Map<String, Outline> outlines = new LinkedHashMap<>();
    for (Model model : plan.audit().models()) {
      try (OpenModel open = model.open()) {
        List<QuantizableLayer> layers = open.layers();
        List<Trial> trials = new ArrayList<>();
        for (Precision precision : plan.precisions()) {
          trials.addAll(Trial.of(layers, precision, plan.kinds()));
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
    AuditInput searched = input.within(search.searched());
    AuditInput heldOut = input.within(search.verified());
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
                  ? verify(heldOut, together, shards, model.id())
                  : evaluate(searched, together);
            });
    return mixed.run(searched.count(), heldOut.count());
  }

  private SweepEvaluation evaluate(AuditInput images, AuditPlan sweep) throws IOException {
    Path shards = Files.createTempDirectory("bitgaze-shards");
    try {
      return evaluate(images, sweep, shards);
    } finally {
      BeamFiles.deleteTree(shards);
    }
  }

  /**
   * Evaluates images that are held out: what is rejected of them is kept beside what is of others,
   * and configurations can be compared image by image.
   */
  private SweepEvaluation verify(AuditInput images, AuditPlan sweep, Path rejects, String model)
      throws IOException {
    Path folder = Files.createTempDirectory("bitgaze-verified");
    Path shards = Files.createDirectory(folder.resolve("shards"));
    try {
      SweepEvaluation summary = evaluate(images, sweep, shards);
      try (var files = Files.newDirectoryStream(shards, Tables.REJECTS + "-*")) {
        for (Path file : files) {
          Files.copy(file, rejects.resolve(file.getFileName() + "-" + model));
        }
      }
      Tables.rows(shards, sweep.modelIds(), sweep.mapLabels(), sweep.measureIds(), folder);
      Map<List<String>, double[]> leads = new HashMap<>();
      try (Rows rows = new Rows(folder.resolve("rows.parquet"))) {
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

  /** Runs a pipeline, and fetches what its workers wrote. */
  private SweepEvaluation evaluate(AuditInput images, AuditPlan sweep, Path shards)
      throws IOException {
    OutputFolder stage = new OutputFolder(output.toString());
    staging.set(stage);
    stage.describe(run);
    try {
      Progress progress = new Progress(out, terminal, images.count());
      JobMetrics metrics =
          pipelines.run(
              AuditPipeline.create(runtime.options(), images, sweep, runtime.handOut(), stage),
              progress);
      out.printf(
          Locale.ROOT,
          "%d maps of %d images in %.1f s%n",
          metrics.maps(),
          metrics.decoded(),
          progress.seconds());
      stage.fetchShards(shards);
      return new SweepEvaluation(Findings.read(shards).summary());
    } finally {
      staging.set(null);
      stage.discard();
    }
  }

  /** Makes the maps of the worst images of the layers that are quiet but harmful. */
  private List<QuietLayer> pictured(
      Model model, Outline outline, List<QuietLayer> quiet, Path parquet, SweepProgram program)
      throws IOException {
    List<QuietLayer> pictured = new ArrayList<>();
    try (Rows rows = new Rows(parquet)) {
      for (QuietLayer layer : quiet) {
        if (pictured.size() >= PICTURED) {
          pictured.add(layer);
          continue;
        }
        Trial trial =
            outline.trials().stream().filter(t -> layer.isOf(t)).findFirst().orElseThrow();
        List<DriftExample> images = new ArrayList<>();
        for (DriftedImage drifted : DriftedImage.worst(rows, model.id(), trial.name(), WORST)) {
          try {
            images.add(shown(model, trial, drifted, program));
          } catch (IOException | RuntimeException e) {
            // A picture is no reason to lose what was computed.
            out.println(drifted.key() + " is not shown: " + e.getMessage());
          }
        }
        pictured.add(layer.with(images));
      }
    }
    return pictured;
  }

  private DriftExample shown(Model model, Trial trial, DriftedImage drifted, SweepProgram program)
      throws IOException {
    RgbImage seen = model.preprocessing().apply(input.read(drifted.key()));
    List<SweepResult> maps =
        program
            .run(
                List.of(seen),
                new int[] {drifted.explainedClass()},
                List.of(Configuration.F32, trial.configuration()),
                1)
            .get(0);
    return new DriftExample(
        drifted.key(),
        drifted.cc(),
        jpeg(seen.toBufferedImage()),
        MapImage.of(maps.get(0).explanation().cam()),
        MapImage.of(maps.get(1).explanation().cam()));
  }

  private static byte[] jpeg(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "jpg", bytes)) {
      throw new IOException("this JVM writes no JPEG");
    }
    return bytes.toByteArray();
  }

  /** Told to end: the job on a cluster is cancelled, and nothing is left behind. */
  private void stop() {
    pipelines.stop();
    OutputFolder stage = staging.get();
    try {
      if (stage != null) {
        stage.discard();
      }
      output.discard();
    } catch (IOException | RuntimeException e) {
      out.println("staged files could not be removed: " + e.getMessage());
    }
  }
}
