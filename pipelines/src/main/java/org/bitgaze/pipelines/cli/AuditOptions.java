package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.bitgaze.explain.Engine;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.explain.Objective;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.network.Mode;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.job.LabelInput;
import org.bitgaze.pipelines.job.MaskInput;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Precision;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.transforms.values.CamMap;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.ClassNames;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of all commands that audit images: what is explained and compared. */
final class AuditOptions {
  @Mixin private InputOptions input = new InputOptions();

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = OptionValues.Networks.class,
      description =
          "torchvision's names, such as mobilenet_v2, or ONNX files, float or quantized; @FILE names"
              + " other weights, and ID renames a network, so that several checkpoints can be"
              + " compared")
  private List<NetworkText> networks = new ArrayList<>();

  @Mixin private NetworkOptions options = new NetworkOptions();

  @Nullable
  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description =
          "names of the classes, one per line (default: ImageNet's if all networks have 1000 classes;"
              + " the scenes' with --weights scenes)")
  private Path classes;

  @Nullable
  @Option(
      names = "--labels",
      paramLabel = "CSV",
      description =
          "labels: a file with the columns file and class_index; if an image has several labels, one"
              + " row or number for each. For segmentation: a folder of images of class numbers (255:"
              + " ignored). For detection: a folder of YOLO's text files, or a COCO JSON file")
  private String labels;

  @Mixin private SaliencyOptions saliency = new SaliencyOptions();

  @Option(
      names = "--maps",
      description =
          "also write all maps, to maps.parquet; in large audits to the folder maps of Parquet files")
  private boolean maps;

  @Mixin private EngineOptions engines = new EngineOptions();
  @Mixin private ArithmeticOption arithmetic = new ArithmeticOption();

  @Nullable
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private ExhibitOptions exhibits = new ExhibitOptions();

  @Nullable
  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "images per native call; incomplete batches are padded, so that results do not depend on"
              + " how images are distributed; always 1 in training mode, where each image has its own"
              + " statistics (default: 1 to 4, depending on the network)")
  private Integer batchSize;

  @Option(
      names = "--threads-per-worker",
      paramLabel = "N",
      description =
          "threads of libtorch for each worker; 1, with one worker per core, is fastest (default:"
              + " ${DEFAULT-VALUE})")
  private int threads = 1;

  /** Whether the labels are of a task that is not classification; known when the plan is made. */
  private boolean labelsOfTask;

  /** {@return options of an audit of the bundled networks on synthetic scenes} */
  static AuditOptions scenes(long count, long seed, SaliencyMethod... methods) throws IOException {
    AuditOptions audit = new AuditOptions();
    audit.input = InputOptions.scenes(count, seed);
    audit.options = NetworkOptions.scenes();
    audit.networks = audit.options.available();
    audit.saliency = SaliencyOptions.of(methods);
    return audit;
  }

  /**
   * What differs between the commands that audit.
   *
   * @param protocol how networks are run, quantized and explained
   * @param precisions precisions besides f32
   * @param measures measures of maps; empty for the default ones
   * @param vanished how the summary treats vanished maps
   * @param gate conditions on the results
   * @param candidates replacement models
   * @param calibrationImages number of images from which ranges are taken
   */
  record Request(
      Protocol protocol,
      List<String> precisions,
      List<Measure> measures,
      VanishedMaps vanished,
      Gate gate,
      List<NetworkText> candidates,
      int calibrationImages) {

    /** {@return a request with the default measures, without conditions and replacement models} */
    static Request of(Protocol protocol, String... precisions) {
      return new Request(
          protocol,
          List.of(precisions),
          List.of(),
          VanishedMaps.EXCLUDE,
          Gate.NONE,
          List.of(),
          protocol.calibrationImages());
    }

    Request with(Gate conditions) {
      return new Request(
          protocol, precisions, measures, vanished, conditions, candidates, calibrationImages);
    }

    Request with(VanishedMaps treatment) {
      return new Request(
          protocol, precisions, measures, treatment, gate, candidates, calibrationImages);
    }
  }

  /** {@return the networks} */
  List<NetworkText> networks() {
    return networks;
  }

  /** Replaces the networks. */
  void setNetworks(List<NetworkText> chosen) {
    networks = chosen;
  }

  /** {@return where weights are} */
  NetworkOptions options() {
    return options;
  }

  /** {@return where the masks of image files are, if a folder was given} */
  Optional<MaskInput> masks() {
    return input.masks();
  }

  /**
   * Finds the images, without a comparison with labels and masks.
   *
   * @throws IOException if a file system does not answer
   */
  AuditInput found() throws IOException {
    return input.images();
  }

  /**
   * Finds and counts the images.
   *
   * @throws UsageException if there are none
   * @throws IOException if a file system does not answer
   */
  AuditInput images() throws IOException {
    AuditInput images = input.images();
    UsageException.require(
        !input.areScenes() || labels == null, "--labels are for image files; scenes have labels");
    input.requireCoverage(labels, labelsOfTask);
    return images;
  }

  /**
   * Checks the options and makes a plan, before any image is read.
   *
   * @throws UsageException if an option is invalid
   */
  AuditPlan plan(Request request) {
    return UsageException.checking(() -> checkedPlan(request));
  }

  private AuditPlan checkedPlan(Request request) throws IOException {
    Protocol asked = request.protocol();
    if (batchSize != null) {
      UsageException.requireAtLeast(1, "--batch-size", batchSize);
    }
    UsageException.requireAtLeast(1, "--threads-per-worker", threads);
    UsageException.require(
        asked.explained() != ExplainedClass.LABEL || labels != null || input.areScenes(),
        "--target label needs --labels");
    Precisions precisions = Precisions.parse(names(request));
    List<SaliencyMethod.Choice> methods = saliency.choices(options);
    boolean candidates = !request.candidates().isEmpty();
    options.setEngine(engines::applyTo);
    List<CheckedModel> models = options.check(networks, candidates, asked);
    MethodChoice choice = MethodChoice.of(command, models, asked);
    Protocol protocol = choice.protocol();
    Set<Measure> measures = new LinkedHashSet<>(measures(request.measures()));
    engines.located();
    for (CheckedModel checked : models) {
      Objective objective = checked.model().info().objective();
      measures.addAll(objective.measures());
      // Outputs of other tasks have several units, such as scores and pixels.
      if (engines.areBoth() && objective.isClassification()) {
        measures.add(StandardMeasure.SQNR_DEPLOYED);
      }
    }
    NetworkOptions.refuseQuantizedTwice(models, precisions.names());
    UsageException.require(
        !candidates || models.size() == 1,
        "--candidate replaces one network, but " + models.size() + " are given");
    checkLabels(models);
    List<ExplainImages> explanations = new ArrayList<>();
    for (CheckedModel checked : models) {
      precisions
          .of(checked.model())
          .forEach(c -> protocol.ranges().check(c, protocol.execution().scheme()));
      ExplainImages explanation =
          ExplainImages.of(checked.model())
              .withPrecisions(precisions.of(checked.model()))
              .withMethod(choice.of(checked))
              .withTarget(protocol.explained())
              .withArithmetic(arithmetic.choice(protocol.ranges()))
              .withThreads(threads);
      if (batchSize != null) {
        explanation = explanation.withBatchSize(batchSize);
      }
      explanation = engines.applyTo(explanation, protocol.cam());
      for (NetworkText text : request.candidates()) {
        Model candidate = options.candidate(text, checked, protocol).model();
        explanation = withCandidate(explanation, candidate);
      }
      explanation = engines.areBoth() ? withDeployed(explanation, protocol) : explanation;
      explanation.check();
      explanation.checkModels();
      explanations.add(explanation);
    }
    engines.requireUsed(explanations.stream().flatMap(e -> e.models().stream()).toList());
    AuditPlan plan =
        new AuditPlan(
            explanations,
            methods,
            Optional.ofNullable(labels).map(BeamFiles::absolute),
            input.masks(),
            measures,
            exhibits.choice(),
            maps,
            protocol,
            request.vanished(),
            request.gate(),
            request.calibrationImages(),
            Optional.empty());
    checkGate(plan);
    return plan;
  }

  /** f32 first; then, if the protocol draws at random, a second draw, which shows the noise. */
  private static List<String> names(Request request) {
    Set<String> names = new LinkedHashSet<>(List.of(Precision.F32.toString()));
    if (request.protocol().isRandom()) {
      names.add(Precision.F32B.toString());
    }
    names.addAll(request.precisions());
    UsageException.require(
        request.protocol().isRandom() || !names.contains(Precision.F32B.toString()),
        "--precisions f32b needs random dropout; use --dropout on");
    return List.copyOf(names);
  }

  private static ExplainImages withCandidate(ExplainImages explanation, Model candidate) {
    ExplainImages all = explanation.withCandidate(candidate.id(), candidate);
    try {
      all.check();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--candidate: " + e.getMessage() + "; ID=FILE renames it");
    }
    return all;
  }

  /** Adds each file as it is deployed. */
  private static ExplainImages withDeployed(ExplainImages explanation, Protocol protocol)
      throws IOException {
    ExplainImages all = explanation;
    List<ExplainImages.Candidate> files = new ArrayList<>(explanation.getCandidates());
    if (explanation.getModel().isOnnx()) {
      files.add(new ExplainImages.Candidate(Precision.F32.toString(), explanation.getModel()));
    }
    UsageException.require(
        !files.isEmpty(), "--engines torch,onnxruntime compares ONNX files, but none is given");
    for (ExplainImages.Candidate file : files) {
      String label = file.label() + CamMap.DEPLOYED;
      Model deployed = file.model().named(label).withEngine(Engine.ONNX_RUNTIME);
      CheckedModel.of(deployed, protocol);
      all = withCandidate(all, deployed);
    }
    return all;
  }

  /** The default measures unless others are named that compare maps. */
  private Set<Measure> measures(List<Measure> chosen) {
    if (MeasureCatalog.ofFaithfulness().containsAll(chosen)) {
      Set<Measure> all =
          MeasureCatalog.defaults().stream()
              .filter(m -> !m.needsMask() || input.haveMasks())
              .collect(Collectors.toCollection(LinkedHashSet::new));
      all.addAll(chosen);
      return all;
    }
    for (Measure measure : chosen) {
      UsageException.require(
          !MeasureCatalog.ofSignals().contains(measure),
          "--measures " + measure.id() + ": only 'bitgaze layers' computes it");
      UsageException.require(
          measure.domain() != Measure.Domain.DEPLOYED_SIGNAL,
          "--measures " + measure.id() + ": --engines torch,onnxruntime computes it");
      UsageException.require(
          measure.isOfMaps(), "--measures " + measure.id() + ": it is always computed");
      UsageException.require(
          !measure.needsMask() || input.haveMasks(),
          "--measures " + measure.id() + " needs --masks");
    }
    return MeasureCatalog.ordered(chosen);
  }

  private void checkGate(AuditPlan plan) {
    if (plan.gate().equals(Gate.NONE)) {
      return;
    }
    Set<Reference> references = new TreeSet<>(Set.of(Reference.F32));
    plan.saliency().forEach(choice -> references.add(choice.method().reference()));
    if (labels != null || input.areScenes()) {
      references.add(Reference.LABEL);
    }
    if (input.haveMasks()) {
      references.add(Reference.MASK);
    }
    if (plan.measures().stream().anyMatch(MeasureCatalog.ofFaithfulness()::contains)) {
      references.addAll(Reference.all(r -> r.kind() == Reference.Kind.NETWORK));
    }
    if (engines.areBoth()) {
      references.add(Reference.DEPLOYED);
    }
    Set<Measure> measures = new LinkedHashSet<>(MeasureCatalog.withAnswers(plan.measures()));
    if (references.contains(Reference.LABEL)) {
      measures.addAll(measuresOfAll(plan));
    }
    plan.gate().check(plan.modelIds(), plan.mapLabels(), measures, references);
  }

  private static Set<Measure> measuresOfAll(AuditPlan plan) {
    Set<Measure> all = new LinkedHashSet<>();
    for (Model model : plan.models()) {
      all.addAll(UsageException.checking(() -> model.info().objective()).measuresOfAll());
    }
    return all;
  }

  private void checkLabels(List<CheckedModel> models) throws IOException {
    if (labels == null) {
      return;
    }
    UsageException.require(
        LabelInput.isFolder(labels) || BeamFiles.exists(labels),
        "--labels " + labels + " does not exist");
    Set<String> tasks = new LinkedHashSet<>();
    for (CheckedModel checked : models) {
      tasks.add(checked.model().info().objective().id());
    }
    UsageException.require(
        tasks.size() == 1, "--labels are for networks of one task, but there are " + tasks);
    Objective objective = models.get(0).model().info().objective();
    labelsOfTask = LabelInput.isOfTask(objective);
    if (labelsOfTask) {
      UsageException.checking(
          () -> {
            LabelInput.check(BeamFiles.absolute(labels), objective);
            return null;
          });
      return;
    }
    int classes = models.stream().mapToInt(CheckedModel::classes).min().orElseThrow();
    ReadLabels.read(
        BeamFiles.absolute(labels),
        (file, index) ->
            UsageException.require(
                index < classes,
                "%s: '%s' has class %d, but a network has only %d classes"
                    .formatted(labels, file, index, classes)));
  }

  /** {@return how far a simulation's tensors may differ; empty if no difference is sought} */
  OptionalDouble located() {
    return engines.located();
  }

  /** Names of the classes for the report; empty if they are unknown. */
  List<String> classNames(AuditPlan plan) throws IOException {
    int max = 0;
    boolean imageNet = true;
    boolean scenes = options.areScenes();
    for (Model model : plan.models()) {
      int outputs = model.info().classes();
      max = Math.max(max, outputs);
      imageNet &= outputs == Architecture.IMAGENET_CLASSES;
      scenes &= outputs == SceneClass.ALL.size();
    }
    if (classes != null) {
      List<String> names = UsageException.checking(() -> ClassNames.read(classes));
      UsageException.require(
          names.size() >= max,
          "--classes %s has %d names for %d classes".formatted(classes, names.size(), max));
      return names;
    }
    if (scenes) {
      return SceneClass.ALL.stream().map(String::valueOf).toList();
    }
    return imageNet ? ClassNames.imageNet() : List.of();
  }

  /**
   * Checks that this machine's integer kernels are exact, if programs run in this process.
   *
   * @throws UsageException if they saturate
   * @throws IOException if the check cannot be compiled
   */
  void requireExact(AuditPlan plan, RunnerSetup runner) throws IOException {
    if (runner.inProcess()) {
      ArithmeticOption.requireExact(
          arithmetic.choice(plan.protocol().ranges()),
          plan.explanations().stream().flatMap(e -> e.getConfigurations().stream()),
          plan.protocol().execution().scheme());
    }
  }

  /** Describes the audit in a few lines. */
  List<String> describe(AuditInput images, AuditPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add(input.counted(images));
    lines.add("protocol: " + plan.protocol().title());
    lines.addAll(ForwardCost.describe(images, plan));
    for (Model model : plan.models()) {
      Objective objective = UsageException.checking(() -> model.info().objective());
      if (!objective.isClassification()) {
        lines.add(
            "task of %s: %s, %s".formatted(model.id(), objective.id(), objective.description()));
      }
    }
    if (batchSize != null
        && batchSize > 1
        && !plan.protocol().execution().mode().equals(Mode.EVAL)) {
      lines.add("--batch-size has no effect: in training mode, a batch is one image");
    }
    lines.add(
        "saliency: "
            + plan.saliency().stream().map(String::valueOf).collect(Collectors.joining(", ")));
    return lines;
  }

  /** Describes the audit in full, for a dry run. */
  List<String> describeAll(AuditInput images, AuditPlan plan, RunnerSetup runner)
      throws IOException {
    List<String> lines = describe(images, plan);
    for (Model model : plan.models()) {
      lines.add(
          "model %s, target layer %s, task %s"
              .formatted(model, model.targetLayer(), model.info().objective().id()));
    }
    for (ExplainImages.Candidate candidate : plan.candidates()) {
      Model model = candidate.model();
      lines.add("candidate " + model + ", target layer " + model.targetLayer());
    }
    lines.add(
        "%d programs: %s of each model, explained by %s"
            .formatted(
                plan.models().size() * plan.mapLabels().size(),
                String.join(", ", plan.mapLabels()),
                plan.methods().values().stream()
                    .distinct()
                    .map(MapMethod::id)
                    .collect(Collectors.joining(" or "))));
    String source =
        plan.needsCalibration()
            ? ", calibrated on %d images first"
                .formatted(Math.min(plan.calibrationImages(), images.count()))
            : plan.calibration().isPresent() ? ", from a file" : "";
    lines.add("ranges: " + plan.ranges().id() + source);
    lines.add("measures: " + String.join(", ", plan.measureIds()));
    lines.add("runner: " + runner);
    return lines;
  }
}
