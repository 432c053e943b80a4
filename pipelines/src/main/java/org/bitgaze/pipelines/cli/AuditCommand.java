package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import org.bitgaze.measure.Measure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditJob;
import org.bitgaze.pipelines.job.AuditParts;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.job.JobContext;
import org.bitgaze.pipelines.job.MaskInput;
import org.bitgaze.pipelines.job.PartsOptions;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.output.PartsFolder;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.transforms.ExplainImages;
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
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Computes class activation maps at several precisions, compares them with each other and with"
            + " visual saliency, and summarizes the differences over all images.",
    footer = {
      "",
      "Examples:",
      "  bitgaze audit --input photos --weights weights --networks mobilenet_v2 --output out",
      "  bitgaze audit --input 'photos/n02*.JPEG' --weights weights --output out \\",
      "      --networks vgg16,resnet50 --precisions int8,int8-per-channel,int4 \\",
      "      --labels labels.csv --saliency fastgaze,centre,maps:satsal",
      "  bitgaze audit --input photos --networks mobilenet_v2,qat=mobilenet_v2@qat.safetensors ...",
      "  bitgaze audit --input photos --networks float=mine.onnx --candidate int8=mine.int8.onnx ...",
      "  bitgaze audit --precisions int8,mixed:out/mixed.json --input photos ...",
      "  bitgaze audit --input scenes:10000 --weights scenes --networks mobilenet_v2 --output out",
      "",
      "  bitgaze audit --protocol paper --input photos --weights weights --networks squeezenet1_1 ...",
      "  bitgaze audit --protocol paper --dropout off --input ... (one step changed)",
      "",
      "  bitgaze audit --gate 'int8: CC>=0.98 in 95%%, FLIP<=5%%' --input ... (exit code 3 on failure)",
      "",
      "  bitgaze audit --input photos ... --dry-run > audit.yaml (prints the resolved options)",
      "  bitgaze audit --config audit.yaml --limit 10",
      "",
      "  bitgaze audit --resume --input ... (continues an interrupted audit; audits new images)",
      "",
      "  bitgaze audit --runner flink --flinkMaster=localhost:8081 --input ... (a Flink cluster)",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 success, 1 the job failed, 2 wrong usage, 3 a condition of --gate does not hold,",
      "4 out of memory."
    })
final class AuditCommand implements Callable<Integer> {
  @Mixin private AuditOptions audit;

  @Option(
      names = "--candidate",
      split = ",",
      paramLabel = "[ID=]FILE.onnx",
      description =
          "replacement models for the one network of --networks, quantized or changed by any tool:"
              + " their maps are compared with the network's f32 maps, as a precision's are")
  private List<NetworkText> candidates = new ArrayList<>();

  @Nullable
  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      description =
          "int2 to int16, each with -per-channel for one scale per output channel; mixed:FILE for a"
              + " mixed precision of 'bitgaze layers', named after the file; f32, the reference,"
              + " always runs (default: int16,int8; none with --candidate)")
  private List<String> precisions;

  @Mixin private CalibrationOptions calibration;
  @Mixin private CalibrationInputOption calibrationInput;

  @Option(
      names = "--measures",
      split = ",",
      paramLabel = "MEASURE",
      completionCandidates = OptionValues.Measures.class,
      description =
          "${bundle:choices.measures} (default: those marked with *, against masks if there are any)")
  private List<Measure> measures = new ArrayList<>();

  @Option(
      names = "--vanished",
      paramLabel = "HOW",
      completionCandidates = OptionValues.Treatments.class,
      description =
          "how the summary treats maps that are zero everywhere: ${bundle:choices.vanished} (default:"
              + " exclude)")
  private VanishedMaps vanished = VanishedMaps.EXCLUDE;

  @Option(
      names = "--gate",
      paramLabel = "CONDITIONS",
      description =
          "conditions on the results; exit code 3 if one does not hold: ${bundle:choices.gate}; for"
              + " example 'int8: CC>=0.98 in 95%%, FLIP<=0.05; int4-per-channel: CC>=0.9'. The"
              + " judgements are also written to gate.xml, a JUnit report; the report's verdicts use"
              + " the same thresholds")
  private Gate gate = Gate.NONE;

  @Mixin private MapTestOptions tests = new MapTestOptions();
  @Mixin private PartOptions parts;
  @Mixin private JobOptions job;
  @Unmatched private List<String> beam = new ArrayList<>();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RunnerSetup runner = job.runner(beam);
    AuditPlan ranged = plan();
    PartsOptions division = parts.options();
    OutputFolder folder = division.resume() ? job.folderToResume() : job.folder();
    AuditInput images = audit.images();
    AuditPlan plan = tests.applyTo(ranged, images);
    Optional<AuditInput> source = calibrationInput.images(plan.needsCalibration());
    if (job.isDryRun()) {
      List<String> lines = new ArrayList<>(audit.describeAll(images, plan, runner));
      lines.addAll(tests.describe(plan, images));
      return job.describe(lines);
    }
    audit.requireExact(plan, runner);
    audit.describe(images, plan).forEach(System.out::println);
    tests.describe(plan, images).forEach(System.out::println);
    JobContext context =
        job.context(runner, images, audit.classNames(plan), folder).withCalibration(source);
    if (division.resume()) {
      UsageException.checking(
          () -> {
            new AuditParts(context, plan, division, new PartsFolder(folder)).requireSame();
            return division;
          });
    }
    return JobOptions.run(
        context, c -> new AuditJob(c, plan, division).withLocated(audit.located()));
  }

  /** Checks the options and makes a plan, with the ranges of {@code --calibration} if given. */
  AuditPlan plan() {
    Protocol protocol = UsageException.checking(() -> ProtocolOptions.of(spec));
    List<String> usual = candidates.isEmpty() ? List.of("int16", "int8") : List.of();
    AuditPlan checked =
        audit.plan(
            new AuditOptions.Request(
                protocol,
                precisions == null ? usual : precisions,
                tests.measures(measures),
                vanished,
                gate,
                candidates,
                calibration.images(protocol)));
    return UsageException.checking(
        () -> calibration.applyTo(checked, ExplainImages::getConfigurations));
  }

  /**
   * Finds the images, without a comparison with labels and masks.
   *
   * @throws IOException if a file system does not answer
   */
  AuditInput found() throws IOException {
    return audit.found();
  }

  /** {@return where the masks of image files are, if a folder was given} */
  Optional<MaskInput> masks() {
    return audit.masks();
  }
}
