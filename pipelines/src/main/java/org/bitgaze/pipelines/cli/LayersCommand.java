package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.audit.AuditJob;
import org.bitgaze.pipelines.audit.AuditPlan;
import org.bitgaze.pipelines.audit.LayersJob;
import org.bitgaze.pipelines.audit.LayersPlan;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.layers.CostKind;
import org.bitgaze.pipelines.layers.MixedSearch;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze layers}: sensitivity per layer, and a mixed precision. */
@Command(
    name = "layers",
    modelTransformer = ProtocolOptions.class,
    resourceBundle = "org.bitgaze.pipelines.cli.Choices",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Quantizes a network layer by layer, says which layer moves its attention, and proposes a mixed"
            + " precision that keeps it.",
    footer = {
      "",
      "Examples:",
      "  bitgaze layers --input photos --weights weights --networks mobilenet_v2 --output layers",
      "  bitgaze layers --precision int4,int8 --budget 'CC>=0.99' --input photos ... \\",
      "      (writes mixed.json)",
      "  bitgaze audit --precisions f32,int8,mixed:layers/mixed.json \\",
      "      --calibration layers/calibration.json --input photos ...",
      "  bitgaze layers --precision int4 --budget 'CC>=0.95,FLIP<=10%%' --cost operations \\",
      "      --holdout 0.3 --input scenes:500 --weights scenes --networks squeezenet1_0 ...",
      "",
      "  bitgaze layers --input photos ... --dry-run > layers.yaml (then --config layers.yaml)",
      "",
      "A mixed precision is made of layers with weights. What has none (additions, concatenations)",
      "costs nothing here, and stays in f32 unless quantizing it helps.",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 done, 1 the job failed, 2 wrong usage, 3 a condition of --gate does not hold,",
      "4 out of memory."
    })
final class LayersCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Mixin private OutputOptions output;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]",
      completionCandidates = Choices.Networks.class,
      description = "torchvision's names, as 'bitgaze audit' takes them")
  private List<String> networks = new ArrayList<>();

  @Option(
      names = "--models",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description = "networks of one's own, in floating point, as 'bitgaze audit' takes them")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "PRECISION",
      defaultValue = "int8",
      description =
          "to which layers are quantized, each precision a sweep of its own: int2 to int16, each with"
              + " -per-channel; a mixed precision is made of these and f32 (default:"
              + " ${DEFAULT-VALUE})")
  private List<String> precisions;

  @Option(
      names = "--trials",
      split = ",",
      paramLabel = "KIND",
      completionCandidates = Choices.Trials.class,
      description = "what is quantized of each layer: ${bundle:choices.trials} (default: all)")
  private List<String> trials;

  @Option(
      names = "--budget",
      split = ",",
      paramLabel = "CONDITION",
      description =
          "what a mixed precision must keep on average, such as CC>=0.99, KLD<=0.05, FLIP<=5%%,"
              + " POINTING>=0.8; layers are ranked by the first, and means over maps must keep it with"
              + " their whole 95 %% interval (default: none is looked for)")
  private List<String> budget;

  @Option(
      names = "--cost",
      paramLabel = "COST",
      defaultValue = "size",
      completionCandidates = Choices.Costs.class,
      description =
          "what a mixed precision is to save: ${bundle:choices.costs} (default: ${DEFAULT-VALUE})")
  private String cost;

  @Option(
      names = "--holdout",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description =
          "share of the images, chosen by a hash of their keys, that the search for a mixed precision"
              + " does not see and on which it is verified (default: ${DEFAULT-VALUE})")
  private double holdout;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "of the layers that are chosen at random (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "what the proposal (mixed), or a precision throughout (int8), must keep on the images that"
              + " are held out, else the exit code is 3, such as 'mixed: CC>=0.99, FLIP<=5%%'; see"
              + " 'bitgaze audit --help'")
  private String gate;

  @Option(
      names = "--calibration-images",
      paramLabel = "N",
      description = "images from which ranges are taken (default: 32; 200 in training mode)")
  private Integer calibrationImages;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "ranges that an earlier job wrote: its calibration.json")
  private Path calibration;

  @Mixin private SaliencyOptions saliency;

  @Mixin private ConfigOption config;

  @Option(
      names = "--dry-run",
      description = "say what would run, as comments in a file that --config takes, and stop")
  private boolean dryRun;

  @Mixin private RunnerOptions runner;

  @Mixin private ModelOptions modelOptions;

  @Unmatched private List<String> beamOptions = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    AuditJob.Runtime runtime = runner.runtime(beamOptions);
    FileSystems.setDefaultPipelineOptions(runtime.options());
    LayersPlan plan = plan();
    OutputFolder folder = dryRun ? output.folder() : output.free();
    AuditInput images = input.images();
    input.requireCoverage(images, null);
    String count = input.counted(images);
    if (dryRun) {
      describe(count, plan, runtime).forEach(line -> System.out.println("# " + line));
      System.out.print(ConfigOption.written(spec));
      return 0;
    }
    System.out.println(count);
    try (JobLog log = JobLog.to(folder)) {
      try {
        boolean holds =
            new LayersJob(
                    runtime,
                    images,
                    plan,
                    Descriptions.of(spec, List.of()),
                    folder,
                    System.out,
                    System.console() != null)
                .run();
        return holds ? CommandLine.ExitCode.OK : AuditCommand.GATE;
      } catch (IOException | RuntimeException | Error e) {
        log.failed(e);
        throw e;
      }
    }
  }

  /** Checks everything that can be wrong before the images are looked at. */
  private LayersPlan plan() {
    try {
      Protocol protocol = ProtocolOptions.of(spec);
      require(
          protocol.explained() == ExplainedClass.REFERENCE,
          "--target "
              + protocol.explained().id()
              + ": configurations are compared by the class that f32 finds");
      require(
          !protocol.isRandom(), "layers that drop at random cannot be told apart; --dropout off");
      Set<Precision> bits = new LinkedHashSet<>();
      for (String name : precisions) {
        Precision precision = Precision.of(name);
        require(!precision.isFloat(), "--precision " + name + " quantizes nothing");
        bits.add(precision);
      }
      Set<QuantizedPart> kinds = EnumSet.allOf(QuantizedPart.class);
      if (trials != null) {
        kinds.clear();
        trials.forEach(t -> kinds.add(Named.find(QuantizedPart.values(), "--trials", t)));
      }
      boolean masked = input.haveMasks();
      Optional<Search> search = search(masked);
      if (search.isPresent()) {
        kinds.add(QuantizedPart.ONLY);
      }
      int sample = calibrationImages == null ? protocol.calibrationImages() : calibrationImages;
      require(sample >= 1, "--calibration-images " + sample + " must be 1 or more");
      List<ExplainImages> explanations = new ArrayList<>();
      require(
          networks.size() + models.size() > 0,
          "--networks or --models: at least one network must be named");
      List<ModelOptions.Checked> all =
          modelOptions.check(networks, models.stream().map(OnnxOptions::of).toList(), protocol);
      all.stream()
          .flatMap(m -> m.warnings().stream())
          .forEach(w -> System.err.println("warning: " + w));
      OnnxOptions.refuseQuantizedTwice(all, precisions);
      for (ModelOptions.Checked checked : all) {
        explanations.add(
            ExplainImages.of(checked.model())
                .withCam(protocol.cam())
                .withTarget(protocol.explained()));
      }
      Set<Measure> measures = new LinkedHashSet<>(List.of(StandardMeasure.CC, StandardMeasure.KLD));
      if (masked) {
        measures.add(StandardMeasure.POINTING);
      }
      search.ifPresent(
          s ->
              s.budget().stream()
                  .map(Condition::measure)
                  .filter(Measure::isOfMaps)
                  .forEach(measures::add));
      AuditPlan audit =
          new AuditPlan(
              explanations,
              saliency.choices(modelOptions),
              Optional.empty(),
              input.masks(),
              measures,
              ChooseExhibits.Choice.NONE,
              false,
              protocol,
              VanishedMaps.EXCLUDE,
              gate(bits, all, measures, search.isPresent()),
              sample,
              Optional.empty());
      audit = calibration == null ? audit : calibrated(audit, bits, search);
      return new LayersPlan(audit, List.copyOf(bits), kinds, search);
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** The conditions are of means, and of what the search verifies. */
  private Gate gate(
      Set<Precision> bits,
      List<ModelOptions.Checked> all,
      Set<Measure> measures,
      boolean searches) {
    if (gate == null) {
      return Gate.NONE;
    }
    require(searches, "--gate judges a mixed precision; --budget says what it must keep");
    Gate parsed = Gate.parse(gate);
    List<String> names = new ArrayList<>(List.of(MixedSearch.PROPOSAL));
    bits.forEach(b -> names.add(b.toString()));
    Set<Reference> references = new TreeSet<>(Set.of(Reference.F32));
    if (measures.contains(StandardMeasure.POINTING)) {
      references.add(Reference.MASK);
    }
    parsed.check(
        all.stream().map(m -> m.model().id()).toList(),
        names,
        MeasureCatalog.withAnswers(measures),
        references);
    parsed.rules().stream()
        .flatMap(r -> r.conditions().stream())
        .forEach(
            c -> require(c.share().isEmpty(), "--gate " + c + ": a gate of layers is of means"));
    return parsed;
  }

  private Optional<Search> search(boolean masked) {
    if (budget == null) {
      return Optional.empty();
    }
    require(holdout > 0 && holdout < 1, "--holdout " + holdout + " must be above 0 and below 1");
    List<Condition> conditions = budget.stream().map(Condition::parse).toList();
    for (Condition condition : conditions) {
      require(
          !MeasureCatalog.ofSignals().contains(condition.measure()),
          "--budget " + condition + ": signals say nothing of where a network looks");
      require(
          condition.share().isEmpty(),
          "--budget " + condition + ": a budget is of means over the images");
      require(
          !condition.measure().needsMask() || masked, "--budget " + condition + " needs --masks");
      require(
          condition.measure().needsMask() || condition.reference().equals(Reference.F32),
          "--budget " + condition + ": a budget is of maps and answers beside f32's, or of masks");
    }
    return Optional.of(
        new Search(conditions, Named.find(CostKind.values(), "--cost", cost), holdout, seed));
  }

  /** Takes ranges from a file, and says where they have seen what is held out. */
  private AuditPlan calibrated(AuditPlan plan, Set<Precision> bits, Optional<Search> search)
      throws IOException {
    List<Configuration> uniform = bits.stream().map(Configuration::uniform).toList();
    AuditPlan calibrated = CalibratedModels.calibrated(calibration, plan, e -> uniform, spec);
    List<String> images = calibrated.calibration().orElseThrow().images();
    search.ifPresent(
        s -> {
          long seen = images.stream().filter(s.verified()::accepts).count();
          if (seen > 0) {
            System.err.printf(
                "warning: %d of the %d images that %s was made of are held out: ranges have seen"
                    + " them%n",
                seen, images.size(), calibration);
          }
        });
    return calibrated;
  }

  private List<String> describe(String images, LayersPlan plan, AuditJob.Runtime runtime)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(images));
    lines.add("protocol: " + plan.audit().protocol().title());
    for (Model model : plan.audit().models()) {
      lines.add("model " + model + ", target layer " + model.targetLayer());
    }
    lines.add("precisions: " + plan.precisions());
    lines.add("of each layer: " + plan.kinds().stream().map(QuantizedPart::id).toList());
    lines.add(
        plan.search()
            .map(
                s ->
                    "mixed precision: "
                        + s.budget()
                        + ", cheapest by "
                        + s.cost().id()
                        + ", "
                        + Math.round(100 * s.heldOut())
                        + " % of the images held out")
            .orElse("mixed precision: none is looked for"));
    lines.add(
        "runner: "
            + runtime.options().getRunner().getSimpleName()
            + ", "
            + runtime.slots()
            + " slots");
    lines.add("output: " + output.said());
    return lines;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}
