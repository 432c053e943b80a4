package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.annotation.Nullable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.pipelines.job.KernelReport;
import org.bitgaze.pipelines.job.RangeCalibration;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeRule;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitgaze export}: the compiled program as a file. */
@Command(
    name = "export",
    resourceBundle = "org.bitgaze.pipelines.cli.OptionValues",
    modelTransformer = ProtocolOptions.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes the compiled program as a TorchScript archive, which any libtorch program can load.",
    footer = {
      "",
      "forward(images, target) takes images, uint8 (N, 224, 224, 3) RGB or of the size of an ONNX",
      "file's input, and target, int64 (N): the class to explain, or -1 for the predicted class. It",
      "returns the maps, float32 (N, h, w), the logits, float32 (N, classes), and the explained",
      "classes, int64 (N); with --quantized-logits on and an integer precision, or of a file whose",
      "logits are quantized, also whether the explained logit was clipped, int64 (N: 1 or 0), unless",
      "the target layer is the last quantized layer. The caller resizes and crops images, as --resize",
      "says. In Python:",
      "",
      "  program = torch.jit.load('int8.pt')",
      "  cam, logits, explained = program(images, torch.full((len(images),), -1))",
      "",
      "Examples:",
      "  bitgaze export mobilenet_v2 --precision f32 --output f32.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --calibration out/calibration.json \\",
      "      --output int8.pt (the program of the audit in out)",
      "  bitgaze export mobilenet_v2 --precision int8 --calibrate photos --output int8.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --arithmetic integer --calibrate photos \\",
      "      --output integer.pt (PyTorch's integer kernels; int7 on processors without VNNI)",
      "  bitgaze export mobilenet_v2 --precision mixed:out/mixed.json \\",
      "      --calibration out/calibration.json --output mixed.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --ranges dynamic --output int8.pt"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = OptionValues.Networks.class,
      description = "torchvision's name of a network, or an ONNX file")
  private NetworkText network;

  @Option(
      names = "--precision",
      required = true,
      paramLabel = "PRECISION",
      description =
          "f32; int2 to int16, each with -per-channel; or mixed:FILE for a mixed precision of 'bitgaze"
              + " layers'")
  private String precision;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "the archive to write")
  private Path output;

  @Option(names = "--overwrite", description = "replace an existing file")
  private boolean overwrite;

  @Nullable
  @Option(
      names = "--calibrate",
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description = "images from which ranges are taken")
  private String calibrate;

  @Mixin private CalibrationOptions calibration;
  @Mixin private ArithmeticOption arithmetic;
  @Mixin private ConfigOption config;
  @Mixin private NetworkOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PipelineOptions beam = PipelineOptionsFactory.create();
    FileSystems.setDefaultPipelineOptions(beam);
    UsageException.require(
        overwrite || !Files.exists(output), output + " exists; --overwrite replaces it");
    Protocol protocol = protocol();
    Precisions precisions = UsageException.checking(() -> Precisions.parse(List.of(precision)));
    CheckedModel checked =
        UsageException.checking(
            () -> options.check(network, protocol).requireClassifier("bitgaze export"));
    Model model = checked.model();
    MapMethod method = MethodChoice.of(spec, List.of(checked), protocol).of(checked);
    UsageException.require(
        !method.isForward(),
        "--cam " + method.id() + " runs the network many times, and cannot be exported");
    Configuration bits = UsageException.checking(() -> precisions.of(model).get(0));
    Arithmetic chosen = arithmetic.choice(protocol.ranges());
    UsageException.require(
        chosen == chosen.at(bits),
        "--arithmetic integer: only int2 to int8 have integer kernels, not " + bits);
    Quantization quantization =
        UsageException.checking(() -> quantization(beam, model, bits, protocol));
    ProgramKey key = new ProgramKey(model, quantization, method, chosen);
    Path part = output.resolveSibling(output.getFileName() + ".part");
    try (OpenModel opened = model.open()) {
      CamProgram.compile(opened, quantization, method, chosen, part);
      KernelReport.print(System.out, precision, key);
      Files.move(part, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    System.out.printf(Locale.ROOT, "%s: %d bytes%n", output, Files.size(output));
    return ExitCode.OK;
  }

  private Protocol protocol() {
    Protocol protocol = UsageException.checking(() -> ProtocolOptions.of(spec));
    UsageException.require(
        !spec.commandLine().getParseResult().hasMatchedOption("--" + Step.TARGET.id()),
        "--target has no effect: the class to explain is an input of the program");
    UsageException.require(
        !protocol.isRandom(),
        "a program with random dropout cannot be exported; use --dropout off");
    UsageException.require(
        !precision.equals(Precision.F32B.toString()),
        "--precision f32b is a second random draw, and an exported program has none");
    return protocol;
  }

  private Quantization quantization(
      PipelineOptions beam, Model model, Configuration bits, Protocol protocol) throws IOException {
    RangeRule rule = protocol.ranges();
    if (bits.isFloat()) {
      return Quantization.NONE;
    }
    rule.check(bits, protocol.execution().scheme());
    if (rule.isDynamic()) {
      UsageException.require(
          !calibration.isFile() && calibrate == null,
          "--calibration and --calibrate have no effect with --ranges dynamic");
      return new Quantization.Dynamic(bits);
    }
    UsageException.require(
        calibration.isFile() != (calibrate != null),
        "--precision %s with --ranges %s needs either --calibration FILE or --calibrate DIR"
            .formatted(precision, rule.id()));
    Calibration known =
        calibration.isFile()
            ? calibration.read(List.of(model), protocol)
            : new RangeCalibration(
                    beam,
                    InputOptions.images(calibrate, 0),
                    List.of(model),
                    rule,
                    calibration.images(protocol),
                    Runtime.getRuntime().availableProcessors())
                .run();
    System.out.printf("ranges (%s) from %d images%n", known.rule().id(), known.images().size());
    CalibrationOptions.check(known, model, List.of(bits));
    return known.quantization(model.id(), bits);
  }
}
