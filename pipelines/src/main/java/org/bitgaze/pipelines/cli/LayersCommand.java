package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.pipelines.gate.Condition;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.job.LayersJob;
import org.bitgaze.pipelines.job.LayersPlan;
import org.bitgaze.pipelines.layers.CostKind;
import org.bitgaze.pipelines.layers.MixedSearch;
import org.bitgaze.pipelines.layers.Search;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.quant.sweep.FilePairs;
import org.bitgaze.quant.sweep.QuantizedPart;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;
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
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Quantizes a network layer by layer, finds the layers that change its attention, and proposes"
            + " a mixed precision that keeps it.",
    footer = {
      "",
      "Examples:",
      "  bitgaze layers --input photos --weights weights --networks mobilenet_v2 --output layers",
      "  bitgaze layers --precision int4,int8 --budget 'CC>=0.99' --input photos ... \\",
      "      (writes mixed.json)",
      "  bitgaze audit --precisions int8,mixed:layers/mixed.json \\",
      "      --calibration layers/calibration.json --input photos ...",
      "  bitgaze layers --precision int4 --budget 'CC>=0.95,FLIP<=10%%' --cost operations \\",
      "      --holdout 0.3 --input scenes:500 --weights scenes --networks squeezenet1_0 ...",
      "",
      "  bitgaze layers --candidate mine.int8.onnx --input photos --output pairs",
      "",
      "  bitgaze layers --input photos ... --dry-run > layers.yaml (then --config layers.yaml)",
      "",
      "A mixed precision chooses among layers with weights. Layers without weights (additions,",
      "concatenations) cost nothing, and stay in f32 unless quantizing them helps.",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 success, 1 the job failed, 2 wrong usage, 3 a condition of --gate does not hold,",
      "4 out of memory."
    })
final class LayersCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = OptionValues.Networks.class,
      description = "networks in floating point, see 'bitgaze audit --help'")
  private List<NetworkText> networks = new ArrayList<>();

  @Option(
      names = "--candidate",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "quantized files instead of --networks: each pair of QuantizeLinear and DequantizeLinear"
              + " between layers is kept alone in the file, or removed from it; maps are compared with"
              + " those of the file without any of these pairs")
  private List<NetworkText> candidates = new ArrayList<>();

  @Mixin private NetworkOptions options;

  @Option(
      names = "--precision",
      split = ",",
      paramLabel = "PRECISION",
      description =
          "precisions to which layers are quantized, one sweep each: int2 to int16, each with"
              + " -per-channel; a mixed precision consists of these and f32 (default: int8)")
  private List<String> precisions = new ArrayList<>();

  @Option(
      names = "--trials",
      split = ",",
      paramLabel = "KIND",
      completionCandidates = OptionValues.Trials.class,
      description = "what is quantized of each layer: ${bundle:choices.trials} (default: all)")
  private List<QuantizedPart> trials = List.of(QuantizedPart.values());

  @Option(
      names = "--budget",
      split = ",",
      paramLabel = "CONDITION",
      description =
          "conditions on the means of a mixed precision, such as CC>=0.99, KLD<=0.05, FLIP<=5%%,"
              + " POINTING>=0.8; the first one ranks the layers, and means over maps must hold with"
              + " their whole 95 %% interval (default: no search for a mixed precision)")
  private List<Condition> budget = new ArrayList<>();

  @Option(
      names = "--cost",
      paramLabel = "COST",
      completionCandidates = OptionValues.Costs.class,
      description = "what a mixed precision reduces: ${bundle:choices.costs} (default: size)")
  private CostKind cost = CostKind.SIZE;

  @Option(
      names = "--holdout",
      paramLabel = "SHARE",
      description =
          "share of the images, chosen by a hash of their keys, that verify the mixed precision and"
              + " that the search does not see (default: ${DEFAULT-VALUE})")
  private double holdout = 0.5;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "conditions on the proposal (mixed) or a uniform precision (int8) on the held-out images,"
              + " such as 'mixed: CC>=0.99, FLIP<=5%%'; exit code 3 if one does not hold; see 'bitgaze"
              + " audit --help'")
  private Gate gate = Gate.NONE;

  @Mixin private CalibrationOptions calibration;
  @Mixin private CalibrationInputOption calibrationInput;
  @Mixin private SaliencyOptions saliency;
  @Mixin private JobOptions job;
  @Unmatched private List<String> beam = new ArrayList<>();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RunnerSetup runner = job.runner(beam);
    LayersPlan plan = UsageException.checking(this::plan);
    OutputFolder folder = job.folder();
    AuditInput images = input.images();
    input.requireCoverage(null, false);
    Optional<AuditInput> source =
        calibrationInput.images(
            plan.audit().calibration().isEmpty() && !plan.audit().ranges().isDynamic());
    String count = input.counted(images);
    if (job.isDryRun()) {
      return job.describe(describe(count, plan, runner));
    }
    System.out.println(count);
    return JobOptions.run(
        job.context(runner, images, List.of(), folder).withCalibration(source),
        context -> new LayersJob(context, plan));
  }

  /** Checks the options and makes a plan, before any image is read. */
  private LayersPlan plan() throws IOException {
    boolean pairs = !candidates.isEmpty();
    UsageException.require(
        !pairs || networks.isEmpty(), "--candidate is swept by itself; leave --networks out");
    UsageException.require(
        !pairs || (precisions.isEmpty() && budget.isEmpty() && !calibration.isFile()),
        "--candidate: the file says how it is quantized; leave --precision, --budget and"
            + " --calibration out");
    UsageException.require(
        !pairs || trials.contains(QuantizedPart.ONLY) || trials.contains(QuantizedPart.ALL_BUT),
        "--candidate: pairs have no weights; use --trials only or all-but");
    for (String option : List.of("--ranges", "--calibration-images", "--calibration-input")) {
      UsageException.require(
          !pairs || !spec.commandLine().getParseResult().hasMatchedOption(option),
          "--candidate: the file has its own ranges; leave " + option + " out");
    }
    Protocol said = ProtocolOptions.of(spec);
    // Pairs have their own ranges: none is calibrated.
    Protocol asked = pairs ? said.withRanges(RangeRule.DYNAMIC) : said;
    UsageException.require(
        asked.explained() == ExplainedClass.REFERENCE,
        "--target "
            + asked.explained().id()
            + ": layers are compared by the class that f32 finds, --target reference");
    UsageException.require(
        !asked.isRandom(), "layers cannot be compared while dropout is random; use --dropout off");
    Set<Precision> bits = new LinkedHashSet<>();
    for (String name : precisions.isEmpty() && !pairs ? List.of("int8") : precisions) {
      Precision precision = Precision.of(name);
      UsageException.require(
          !precision.isFloat(), "--precision " + name + " is not an integer precision");
      bits.add(precision);
    }
    Optional<Search> search = search();
    Set<QuantizedPart> kinds = EnumSet.copyOf(trials);
    if (search.isPresent()) {
      kinds.add(QuantizedPart.ONLY);
    }
    UsageException.require(
        asked.cam().need() == MapMethod.Need.GRADIENT,
        "--cam " + asked.cam().id() + " is not available for layers; use another method");
    List<CheckedModel> models = options.check(pairs ? candidates : networks, pairs, asked);
    MethodChoice choice = MethodChoice.of(spec, models, asked);
    Protocol protocol = choice.protocol();
    if (pairs) {
      bits.add(precision(models));
    } else {
      NetworkOptions.refuseQuantizedTwice(models, List.of("int8"));
    }
    List<ExplainImages> explanations = new ArrayList<>();
    for (CheckedModel checked : models) {
      checked.requireClassifier("bitgaze layers");
      explanations.add(
          ExplainImages.of(checked.model())
              .withMethod(choice.of(checked))
              .withTarget(protocol.explained()));
    }
    Set<Measure> measures = new LinkedHashSet<>(List.of(StandardMeasure.CC, StandardMeasure.KLD));
    if (input.haveMasks()) {
      measures.add(StandardMeasure.POINTING);
    }
    budget.stream().map(Condition::measure).filter(Measure::isOfMaps).forEach(measures::add);
    checkGate(bits, models, measures);
    AuditPlan audit =
        new AuditPlan(
            explanations,
            saliency.choices(options),
            Optional.empty(),
            input.masks(),
            measures,
            ChooseExhibits.Choice.NONE,
            false,
            protocol,
            VanishedMaps.EXCLUDE,
            gate,
            calibration.images(protocol),
            Optional.empty());
    List<Configuration> uniform = bits.stream().map(Configuration::uniform).toList();
    uniform.forEach(c -> protocol.ranges().check(c, protocol.execution().scheme()));
    audit = calibration.applyTo(audit, explanation -> uniform);
    warnOfHeldOut(audit, search);
    return new LayersPlan(audit, List.copyOf(bits), kinds, search);
  }

  /** The precision by which results of the files' pairs are named. */
  private static Precision precision(List<CheckedModel> models) throws IOException {
    Set<Precision> all = new LinkedHashSet<>();
    for (CheckedModel checked : models) {
      try (OpenModel open = checked.model().open()) {
        Graph graph = open.network().graph();
        UsageException.require(
            FilePairs.areIn(graph),
            "--candidate %s: there are no pairs of QuantizeLinear and DequantizeLinear between its"
                    .formatted(checked.model())
                + " layers");
        all.add(FilePairs.precision(graph));
      }
    }
    UsageException.require(
        all.size() == 1, "--candidate: the files have different numbers of bits, " + all);
    return all.iterator().next();
  }

  /** A gate of layers judges means that the search verifies. */
  private void checkGate(Set<Precision> bits, List<CheckedModel> models, Set<Measure> measures) {
    if (gate.equals(Gate.NONE)) {
      return;
    }
    UsageException.require(
        !budget.isEmpty(), "--gate judges a mixed precision, which needs --budget");
    List<String> names = new ArrayList<>(List.of(MixedSearch.PROPOSAL));
    bits.forEach(b -> names.add(b.toString()));
    Set<Reference> references = new TreeSet<>(Set.of(Reference.F32));
    if (measures.contains(StandardMeasure.POINTING)) {
      references.add(Reference.MASK);
    }
    gate.check(
        models.stream().map(m -> m.model().id()).toList(),
        names,
        MeasureCatalog.withAnswers(measures),
        references);
    gate.rules().stream()
        .flatMap(rule -> rule.conditions().stream())
        .forEach(
            c ->
                UsageException.require(
                    c.share().isEmpty() && c.perClass().isEmpty(),
                    "--gate " + c + ": conditions on layers must be on means"));
  }

  private Optional<Search> search() {
    if (budget.isEmpty()) {
      return Optional.empty();
    }
    UsageException.require(
        holdout > 0 && holdout < 1, "--holdout must be above 0 and below 1, not " + holdout);
    for (Condition condition : budget) {
      String option = "--budget " + condition;
      Measure measure = condition.measure();
      UsageException.require(
          !MeasureCatalog.ofSignals().contains(measure),
          option + ": measures of signals cannot be conditions");
      UsageException.require(
          condition.share().isEmpty() && condition.perClass().isEmpty(),
          option + ": conditions are on means over the images");
      UsageException.require(!measure.needsMask() || input.haveMasks(), option + " needs --masks");
      UsageException.require(
          measure.needsMask() || condition.reference() == Reference.F32,
          option + ": maps and answers are compared with f32's or with masks");
    }
    return Optional.of(new Search(budget, cost, holdout, 0));
  }

  private void warnOfHeldOut(AuditPlan plan, Optional<Search> search) {
    if (calibration.isFile() && search.isPresent()) {
      List<String> images = plan.calibration().orElseThrow().images();
      long seen = images.stream().filter(search.get().verified()::accepts).count();
      if (seen > 0) {
        System.err.printf(
            "warning: %d of the %d images that %s was made from are held out%n",
            seen, images.size(), calibration.file());
      }
    }
  }

  private static List<String> describe(String images, LayersPlan plan, RunnerSetup runner)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(images));
    lines.add("protocol: " + plan.audit().protocol().title());
    for (Model model : plan.audit().models()) {
      lines.add("model " + model + ", target layer " + model.targetLayer());
    }
    lines.add("precisions: " + plan.precisions());
    lines.add("of each layer: " + plan.kinds().stream().map(QuantizedPart::id).toList());
    lines.add(
        "mixed precision: "
            + plan.search()
                .map(
                    s ->
                        "%s, minimal %s, %d %% of the images held out"
                            .formatted(s.budget(), s.cost().id(), Math.round(100 * s.heldOut())))
                .orElse("none"));
    lines.add("runner: " + runner);
    return lines;
  }
}
