package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import org.bitgaze.measure.Reference;
import org.bitgaze.measure.StandardMeasure;
import org.bitgaze.measure.VanishedMaps;
import org.bitgaze.model.Model;
import org.bitgaze.pipelines.gate.Gate;
import org.bitgaze.pipelines.job.AuditInput;
import org.bitgaze.pipelines.job.AuditPlan;
import org.bitgaze.pipelines.job.CalibrateJob;
import org.bitgaze.pipelines.job.JobContext;
import org.bitgaze.pipelines.job.StudyJob;
import org.bitgaze.pipelines.job.StudyPlan;
import org.bitgaze.pipelines.output.OutputFolder;
import org.bitgaze.pipelines.runner.RunnerSetup;
import org.bitgaze.pipelines.study.StudyDesign;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.saliency.SaliencyMethod;
import org.bitgaze.transforms.ChooseExhibits;
import org.bitgaze.transforms.ExplainImages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code bitgaze calibrate}: ranges of activations as a file, and a study of their calibration. */
@Command(
    name = "calibrate",
    modelTransformer = ProtocolOptions.class,
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Calibrates the ranges of quantized activations, or studies how far an audit depends on the"
            + " calibration images and on the rule.",
    footer = {
      "",
      "Examples:",
      "  bitgaze calibrate --input train --weights weights --networks mobilenet_v2 --ranges mse \\",
      "      --calibration-images 64 --output ranges",
      "  bitgaze audit --calibration ranges/calibration.json --precisions int8,int4 --input val ...",
      "  bitgaze calibrate --study 10x32 --input val --calibration-input train \\",
      "      --precisions int8,int4 --weights weights --networks mobilenet_v2 --output study",
      "",
      "Options of Apache Beam's runners are passed on.",
      "Exit code: 0 success, 1 the job failed, 2 wrong usage, 4 out of memory."
    })
final class CalibrateCommand implements Callable<Integer> {
  @Mixin private InputOptions input;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = OptionValues.Networks.class,
      description = "networks in floating point, see 'bitgaze audit --help'")
  private List<NetworkText> networks = new ArrayList<>();

  @Mixin private NetworkOptions options;

  @Nullable
  @Option(
      names = "--calibration-images",
      paramLabel = "N",
      description =
          "number of images from which ranges are taken, chosen by a hash of their keys; an"
              + " unreadable one is replaced by the next (default: 32; 200 in training mode)")
  private Integer images;

  @Nullable
  @Option(
      names = "--study",
      paramLabel = "SAMPLESxIMAGES",
      description =
          "draw disjoint samples of calibration images, such as 10x32, calibrate on each by each rule"
              + " of --rules, and audit each calibration on the images of --input")
  private String study;

  @Mixin private CalibrationInputOption calibrationInput;

  @Option(
      names = "--rules",
      split = ",",
      paramLabel = "RULE",
      description =
          "with --study: the rules to compare, as --ranges (default: minmax,percentile,mse,entropy)")
  private List<String> rules = List.of();

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "PRECISION",
      description = "with --study: int2 to int16, each with -per-channel (default: int8,int4)")
  private List<String> precisions = List.of();

  @Nullable
  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "N",
      description =
          "with --study: further sizes of samples, for the spread against the size; a size without"
              + " two disjoint samples is left out (default: 4,8,16,32,64)")
  private List<Integer> sizes;

  @Mixin private JobOptions job;
  @Unmatched private List<String> beam = new ArrayList<>();
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    RunnerSetup runner = job.runner(beam);
    Protocol protocol = UsageException.checking(() -> ProtocolOptions.of(spec));
    AuditPlan plan = UsageException.checking(() -> plan(protocol));
    Optional<StudyPlan> studied =
        study == null
            ? Optional.empty()
            : Optional.of(UsageException.checking(() -> studyPlan(plan)));
    checkUnused(protocol);
    OutputFolder folder = job.folder();
    AuditInput audited = input.images();
    Optional<AuditInput> source = calibrationInput.images(study != null);
    if (studied.isPresent()) {
      requireSamples(studied.get().design(), source.orElse(audited));
    }
    if (job.isDryRun()) {
      return job.describe(describe(audited, plan, studied, runner));
    }
    System.out.println(input.counted(audited));
    JobContext context = job.context(runner, audited, List.of(), folder).withCalibration(source);
    return JobOptions.run(
        context,
        c -> studied.isPresent() ? new StudyJob(c, studied.get()) : new CalibrateJob(c, plan));
  }

  private AuditPlan plan(Protocol asked) throws IOException {
    UsageException.require(
        !asked.ranges().isDynamic(), "--ranges dynamic: dynamic ranges are not calibrated");
    List<CheckedModel> models = options.check(networks, false, asked);
    MethodChoice choice = MethodChoice.of(spec, models, asked);
    Protocol protocol = choice.protocol();
    List<ExplainImages> explanations = new ArrayList<>();
    for (CheckedModel checked : models) {
      explanations.add(
          ExplainImages.of(checked.model())
              .withMethod(choice.of(checked))
              .withTarget(protocol.explained()));
    }
    NetworkOptions.refuseQuantizedTwice(models, List.of("int8"));
    int size = images == null ? protocol.calibrationImages() : images;
    UsageException.requireAtLeast(1, "--calibration-images", size);
    return new AuditPlan(
        explanations,
        SaliencyMethod.parseAll(List.of(Reference.CENTRE.id())),
        Optional.empty(),
        Optional.empty(),
        Set.of(StandardMeasure.CC),
        ChooseExhibits.Choice.NONE,
        false,
        protocol,
        VanishedMaps.EXCLUDE,
        Gate.NONE,
        size,
        Optional.empty());
  }

  private StudyPlan studyPlan(AuditPlan plan) {
    UsageException.require(
        !plan.protocol().isRandom(),
        "calibrations cannot be compared while dropout is random; use --dropout off");
    List<Precision> bits = new ArrayList<>();
    for (String name : precisions.isEmpty() ? List.of("int8", "int4") : precisions) {
      Precision precision = Precision.of(name);
      UsageException.require(
          !precision.isFloat(), "--precisions " + name + " is not an integer precision");
      bits.add(precision);
    }
    Set<RangeRule> compared = new LinkedHashSet<>();
    for (String text :
        rules.isEmpty() ? List.of("minmax", "percentile", "mse", "entropy") : rules) {
      RangeRule rule = RangeRule.parse(text);
      UsageException.require(
          !rule.isDynamic(), "--rules dynamic: dynamic ranges are not calibrated");
      compared.add(rule);
    }
    List<Integer> others = sizes == null ? List.of(4, 8, 16, 32, 64) : sizes;
    others.forEach(n -> UsageException.requireAtLeast(1, "--sizes", n));
    StudyPlan studied =
        new StudyPlan(
            plan,
            bits,
            List.copyOf(compared),
            UsageException.checking(() -> StudyDesign.parse(study, others)));
    for (Precision precision : bits) {
      UsageException.require(
          !studied.rules(precision).isEmpty(),
          "--precisions " + precision + ": none of the rules " + compared + " is defined there");
    }
    return studied;
  }

  private static void requireSamples(StudyDesign design, AuditInput source) {
    UsageException.require(
        source.count() >= design.needed(),
        "--study %dx%d needs %d images for disjoint samples, but there are %d; take smaller samples or fewer"
            .formatted(design.samples(), design.size(), design.needed(), source.count()));
  }

  private void checkUnused(Protocol protocol) {
    if (study == null) {
      UsageException.require(
          rules.isEmpty() && precisions.isEmpty() && sizes == null,
          "--rules, --precisions and --sizes need --study");
      UsageException.require(
          !spec.commandLine().getParseResult().hasMatchedOption("--calibration-input"),
          "--calibration-input needs --study; without it, --input has the calibration images");
    } else {
      UsageException.require(
          images == null, "--calibration-images has no effect with --study, which names the size");
      UsageException.require(
          !spec.commandLine().getParseResult().hasMatchedOption("--" + Step.RANGES.id()),
          "--ranges " + protocol.ranges() + " has no effect with --study; see --rules");
    }
  }

  private static List<String> describe(
      AuditInput audited, AuditPlan plan, Optional<StudyPlan> studied, RunnerSetup runner)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(audited.count() + " images"));
    lines.add("protocol: " + plan.protocol().title());
    for (Model model : plan.models()) {
      lines.add("model " + model + ", target layer " + model.targetLayer());
    }
    lines.add(
        studied
            .map(
                s ->
                    "study: %d samples of %d images, rules %s, precisions %s"
                        .formatted(
                            s.design().samples(), s.design().size(), s.rules(), s.precisions()))
            .orElse("ranges: " + plan.ranges() + ", from " + plan.calibrationImages() + " images"));
    lines.add("runner: " + runner);
    return lines;
  }
}
