package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.io.FileSystems;
import org.bitgaze.choice.Named;
import org.bitgaze.explain.ExplainedClass;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.MeasureCatalog;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Mode;
import org.bitgaze.pipelines.audit.AuditInput;
import org.bitgaze.pipelines.audit.AuditJob;
import org.bitgaze.pipelines.audit.AuditPlan;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.output.BeamFiles;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.quant.Precision;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.scene.SceneClass;
import org.bitgaze.transforms.ExplainImages;
import org.bitgaze.transforms.ReadLabels;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.ClassNames;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze audit}: the main job. All options are checked before anything runs. */
@Command(
    name = "audit",
    modelTransformer = ProtocolOptions.class,
    resourceBundle = "org.bitgaze.pipelines.cli.Choices",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Computes class activation maps at several precisions, compares them with each other and with"
            + " visual saliency, and sums the differences up over all images.",
    footer = {
      "",
      "Examples:",
      "  bitgaze audit --input photos --weights weights --networks mobilenet_v2 --output out",
      "  bitgaze audit --input 'photos/n02*.JPEG' --weights weights --output out \\",
      "      --networks vgg16,resnet50 --precisions f32,int8,int8-per-channel,int4 \\",
      "      --labels labels.csv --saliency fastgaze,centre,maps:satsal",
      "  bitgaze audit --input photos --networks mobilenet_v2,qat=mobilenet_v2@qat.safetensors ...",
      "  bitgaze audit --precisions f32,int8,mixed:out/mixed.json --input photos ...",
      "  bitgaze audit --input scenes:10000 --weights scenes --networks mobilenet_v2 --output out",
      "",
      "  bitgaze audit --protocol paper --input photos --weights weights --networks squeezenet1_1 ...",
      "  bitgaze audit --protocol paper --dropout off --input ... (one step changed)",
      "",
      "  bitgaze audit --gate 'int8: CC>=0.98 in 95%%, FLIP<=5%%' --input ... (exit code 3 if it is not so)",
      "",
      "  bitgaze audit --input photos ... --dry-run > audit.yaml (what would run, as a file)",
      "  bitgaze audit --config audit.yaml --limit 10",
      "",
      "  bitgaze audit --runner flink --flinkMaster=localhost:8081 --input ... (a Flink cluster)",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 done, 1 the job failed, 2 wrong usage, 3 a condition of --gate does not hold,",
      "4 out of memory."
    })
final class AuditCommand implements Callable<Integer> {
  /** Exit code where a condition does not hold. */
  static final int GATE = 3;

  @Mixin private InputOptions input;

  @Mixin private OutputOptions output;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]",
      completionCandidates = Choices.Networks.class,
      description =
          "torchvision's names, such as mobilenet_v2; with a name of one's own and a file of weights,"
              + " several checkpoints of one network stand side by side")
  private List<String> networks = new ArrayList<>();

  @Mixin private OnnxOptions onnx;

  @Option(
      names = "--classes",
      paramLabel = "FILE",
      description =
          "names of the classes, one a line (default: ImageNet's where all networks tell 1000 classes,"
              + " the scenes' with --weights scenes)")
  private Path classes;

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      description =
          "int2 to int16, each with -per-channel for a scale per output channel; mixed:FILE, layer by"
              + " layer as 'bitgaze layers' wrote it, called by the file's name; f32, the reference,"
              + " always runs (default: f32,int16,int8; f32 with --candidate)")
  private List<String> precisions;

  @Option(
      names = "--calibration-images",
      paramLabel = "N",
      description =
          "images from which ranges are taken, chosen by a hash of their keys; one that cannot be"
              + " read is replaced by the next (default: 32; 200 in training mode)")
  private Integer calibrationImages;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "ranges that an earlier audit wrote: its calibration.json")
  private Path calibration;

  @Option(
      names = "--labels",
      paramLabel = "CSV",
      description = "file with the columns file and class_index")
  private String labels;

  @Mixin private SaliencyOptions saliency;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      completionCandidates = Choices.Measures.class,
      description =
          "${bundle:choices.measures} (default: those marked with *, against masks where there are any)")
  private List<String> measures;

  @Option(
      names = "--maps",
      description = "write all class activation and saliency maps to maps.parquet, too")
  private boolean maps;

  @Option(
      names = "--vanished",
      paramLabel = "HOW",
      defaultValue = "exclude",
      completionCandidates = Choices.Vanished.class,
      description =
          "what the summary does with maps that are zero everywhere: ${bundle:choices.vanished}"
              + " (default: ${DEFAULT-VALUE})")
  private String vanished;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "what must hold, else the exit code is 3: ${bundle:choices.gate}"
              + "; for example 'int8: CC>=0.98 in 95%%, FLIP<=0.05; int4-per-channel: CC>=0.9'; also"
              + " written to gate.xml, a JUnit report. The report's verdicts use these thresholds")
  private String gate;

  @Mixin private ArithmeticOption arithmetic;

  @Mixin private ExhibitOptions exhibits;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "images per native call; a batch that is not full is filled up, so that results do not"
              + " depend on how images are bundled; in training mode always one, for each image has"
              + " statistics of its own (default: 1 to 4, as suits the network)")
  private Integer batchSize;

  @Option(
      names = "--dry-run",
      description =
          "say what would run, and stop; what is printed can be given to --config, for what is not"
              + " an option is a comment")
  private boolean dryRun;

  @Mixin private ConfigOption config;

  @Mixin private RunnerOptions runner;

  @Option(
      names = "--threads-per-worker",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "threads inside libtorch for each worker; one each and as many workers as cores is fastest"
              + " (default: ${DEFAULT-VALUE})")
  private int threadsPerWorker;

  @Mixin private ModelOptions modelOptions;

  @Unmatched private List<String> beamOptions = new ArrayList<>();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    AuditJob.Runtime runtime = runner.runtime(beamOptions);
    FileSystems.setDefaultPipelineOptions(runtime.options());
    AuditPlan plan = plan();
    if (runtime.here() && !dryRun) {
      ArithmeticOption.requireExact(
          arithmetic.choice(plan.protocol().ranges()),
          plan.explanations().stream().flatMap(e -> e.getConfigurations().stream()),
          plan.protocol().execution().scheme());
    }
    OutputFolder folder = dryRun ? output.folder() : output.free();
    AuditInput images = input.images();
    require(!input.areScenes() || labels == null, "--labels are for files; scenes know theirs");
    input.requireCoverage(images, labels);
    List<String> described = describe(images, plan, runtime);
    if (dryRun) {
      described.forEach(line -> System.out.println("# " + line));
      System.out.print(ConfigOption.written(spec));
      return 0;
    }
    described.forEach(System.out::println);
    try (JobLog log = JobLog.to(folder)) {
      return run(
          new AuditJob(
              runtime,
              images,
              plan,
              Descriptions.of(spec, classNames(plan)),
              folder,
              System.out,
              System.console() != null),
          log);
    }
  }

  private static int run(AuditJob job, JobLog log) throws IOException {
    try {
      return job.run() ? CommandLine.ExitCode.OK : GATE;
    } catch (IOException | RuntimeException | Error e) {
      log.failed(e);
      throw e;
    }
  }

  /** Checks everything that can be wrong before the images are looked at. */
  private AuditPlan plan() {
    try {
      onnx.check();
      Protocol protocol = ProtocolOptions.of(spec);
      ExplainedClass mode = protocol.explained();
      Precisions bits = Precisions.parse(bits(protocol));
      int sample = calibrationImages == null ? protocol.calibrationImages() : calibrationImages;
      require(
          batchSize == null || batchSize >= 1, "--batch-size " + batchSize + " must be 1 or more");
      require(
          threadsPerWorker >= 1, "--threads-per-worker " + threadsPerWorker + " must be 1 or more");
      require(sample >= 1, "--calibration-images " + sample + " must be 1 or more");
      boolean scenes = input.areScenes();
      require(
          mode != ExplainedClass.LABEL || labels != null || scenes,
          "--target label needs --labels");
      List<SaliencyMethod.Choice> choices = saliency.choices(modelOptions);
      Set<Measure> chosen = measures(input.haveMasks());
      require(
          networks.size() + onnx.models().size() > 0,
          "--networks or --models: at least one network must be named");
      List<ModelOptions.Checked> models = modelOptions.check(networks, onnx.models(), protocol);
      OnnxOptions.refuseQuantizedTwice(models, bits.names());
      require(
          !onnx.hasCandidates() || models.size() == 1,
          "--candidate stands in for one network, but several are named");
      models.stream()
          .flatMap(m -> m.warnings().stream())
          .forEach(w -> System.err.println("warning: " + w));
      if (labels != null) {
        int classes = models.stream().mapToInt(ModelOptions.Checked::classes).min().orElseThrow();
        checkLabels(classes);
      }
      List<ExplainImages> explanations = new ArrayList<>();
      for (ModelOptions.Checked checked : models) {
        ExplainImages explanation =
            ExplainImages.of(checked.model())
                .at(bits.of(checked.model()))
                .withCam(protocol.cam())
                .withTarget(mode)
                .withArithmetic(arithmetic.choice(protocol.ranges()))
                .withThreads(threadsPerWorker);
        if (batchSize != null) {
          explanation = explanation.withBatchSize(batchSize);
        }
        explanations.add(onnx.withCandidates(explanation, checked, modelOptions, protocol));
      }
      AuditPlan plan =
          new AuditPlan(
              explanations,
              choices,
              Optional.ofNullable(labels).map(BeamFiles::absolute),
              input.masks(),
              chosen,
              exhibits.choice(),
              maps,
              protocol,
              Named.find(VanishedMaps.values(), "--vanished", vanished),
              gate(models, bits.names(), chosen, choices, scenes),
              sample,
              Optional.empty());
      return calibration == null
          ? plan
          : CalibratedModels.calibrated(calibration, plan, ExplainImages::getConfigurations, spec);
    } catch (IllegalArgumentException | IOException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** What the report calls classes; empty where their names are not known. */
  private List<String> classNames(AuditPlan plan) throws IOException {
    int most = 0;
    boolean imageNet = true;
    boolean scenes = modelOptions.areScenes();
    for (Model model : plan.models()) {
      try (OpenModel open = model.open()) {
        most = Math.max(most, open.classes());
        imageNet &= open.classes() == Architecture.IMAGENET_CLASSES;
        scenes &= open.classes() == SceneClass.ALL.size();
      }
    }
    if (classes != null) {
      List<String> names = ClassNames.read(classes);
      require(
          names.size() >= most,
          "--classes " + classes + " has " + names.size() + " names for " + most + " classes");
      return names;
    }
    if (scenes) {
      return SceneClass.ALL.stream().map(SceneClass::toString).toList();
    }
    return imageNet ? ClassNames.imageNet() : List.of();
  }

  /**
   * Full precision first; then, where something is drawn at random, a second draw of it: the noise
   * that a difference must exceed.
   */
  private List<String> bits(Protocol protocol) {
    Set<String> all = new LinkedHashSet<>(List.of(Precision.F32.toString()));
    if (protocol.isRandom()) {
      all.add(Precision.F32B.toString());
    }
    List<String> usual = onnx.hasCandidates() ? List.of() : List.of("int16", "int8");
    all.addAll(precisions == null ? usual : precisions);
    require(
        protocol.isRandom() || !all.contains(Precision.F32B.toString()),
        "--precisions f32b is another draw, but nothing is drawn; see --dropout");
    return new ArrayList<>(all);
  }

  private Gate gate(
      List<ModelOptions.Checked> models,
      List<String> bits,
      Set<Measure> measures,
      List<SaliencyMethod.Choice> saliency,
      boolean scenes) {
    if (gate == null) {
      return Gate.NONE;
    }
    Set<Reference> references = new TreeSet<>(Set.of(Reference.F32));
    saliency.forEach(choice -> references.add(choice.method().reference()));
    if (labels != null || scenes) {
      references.add(Reference.LABEL);
    }
    if (input.haveMasks()) {
      references.add(Reference.MASK);
    }
    Gate parsed = Gate.parse(gate);
    parsed.check(
        models.stream().map(m -> m.model().id()).toList(),
        Stream.concat(bits.stream(), onnx.labels().stream()).toList(),
        MeasureCatalog.withAnswers(measures),
        references);
    return parsed;
  }

  private Set<Measure> measures(boolean masked) {
    if (measures == null) {
      Set<Measure> usual = new LinkedHashSet<>(MeasureCatalog.defaults());
      usual.removeIf(m -> m.needsMask() && !masked);
      return usual;
    }
    Set<Measure> chosen = new LinkedHashSet<>();
    for (String name : measures) {
      Measure measure = MeasureCatalog.of(name.strip());
      require(
          !MeasureCatalog.ofSignals().contains(measure),
          "--measures: " + measure.id() + " is measured by 'bitgaze layers'");
      require(measure.isOfMaps(), "--measures: " + measure.id() + " is always measured");
      require(!measure.needsMask() || masked, "--measures: " + measure.id() + " needs --masks");
      chosen.add(measure);
    }
    return chosen;
  }

  private void checkLabels(int classes) throws IOException {
    require(BeamFiles.exists(labels), "--labels " + labels + " does not exist");
    ReadLabels.read(
        BeamFiles.absolute(labels),
        (file, index) ->
            require(
                index < classes,
                labels
                    + ": '"
                    + file
                    + "' has class "
                    + index
                    + ", but a network has only "
                    + classes));
  }

  private List<String> describe(AuditInput images, AuditPlan plan, AuditJob.Runtime runtime)
      throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(input.counted(images));
    lines.add("protocol: " + plan.protocol().title());
    if (batchSize != null
        && batchSize > 1
        && !plan.protocol().execution().mode().equals(Mode.EVAL)) {
      lines.add("--batch-size is not used: in training mode images are explained one by one");
    }
    lines.add("saliency: " + joined(plan.saliency()));
    if (!dryRun) {
      return lines;
    }
    for (Model model : plan.models()) {
      lines.add("model " + model + ", target layer " + model.targetLayer());
    }
    for (ExplainImages.Candidate candidate : plan.candidates()) {
      lines.add(
          "candidate " + candidate.model() + ", target layer " + candidate.model().targetLayer());
    }
    int programs = plan.models().size() * plan.mapLabels().size();
    lines.add(
        programs
            + " programs: "
            + String.join(", ", plan.mapLabels())
            + " of each model, explained by "
            + plan.protocol().cam().id());
    lines.add(
        plan.needsCalibration()
            ? "ranges: "
                + plan.ranges().id()
                + ", calibrated on "
                + Math.min(plan.calibrationImages(), images.count())
                + " images first"
            : "ranges: "
                + plan.ranges().id()
                + (plan.calibration().isPresent() ? " of " + calibration : ""));
    lines.add("measures: " + String.join(", ", plan.measureIds()));
    lines.add(
        String.format(
            Locale.ROOT,
            "runner: %s, %d slots, names handed out %s",
            runtime.options().getRunner().getSimpleName(),
            runtime.slots(),
            runtime.handOut()));
    lines.add("output: " + output.said());
    return lines;
  }

  private static String joined(List<?> all) {
    return all.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}
