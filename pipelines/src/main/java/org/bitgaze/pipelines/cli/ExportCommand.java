package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.pipelines.audit.CalibrationJob;
import org.bitgaze.pipelines.audit.KernelReport;
import org.bitgaze.pipelines.output.CalibrationFile;
import org.bitgaze.protocol.Protocol;
import org.bitgaze.protocol.Step;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.Calibration;
import org.bitgaze.quant.Configuration;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.torch.CamProgram;
import org.bitgaze.torch.ProgramKey;
import org.bitgaze.weights.WeightsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bitgaze export}: the compiled program as a file. */
@Command(
    name = "export",
    resourceBundle = "org.bitgaze.pipelines.cli.Choices",
    modelTransformer = ProtocolOptions.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes the compiled program as a TorchScript archive, which any libtorch program loads.",
    footer = {
      "",
      "forward(images, target) takes images, uint8 (N, 224, 224, 3) RGB, or of the size that an ONNX",
      "file wants, and target, int64 (N), the",
      "class to explain or -1 for the network's own; it returns the maps, float32 (N, h, w), the",
      "logits, float32 (N, classes), and the explained classes, int64 (N); with --quantized-logits on",
      "and an integer precision also whether the explained logit was clipped, int64 (N: 1 or 0),",
      "unless the target layer is itself the last that is quantized.",
      "Images are cut to that size by the caller, as --resize says. In Python:",
      "",
      "  program = torch.jit.load('int8.pt')",
      "  cam, logits, explained = program(images, torch.full((len(images),), -1))",
      "",
      "Examples:",
      "  bitgaze export mobilenet_v2 --precision f32 --output f32.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --calibration out/calibration.json \\",
      "      --output int8.pt (the program that the audit in out ran)",
      "  bitgaze export mobilenet_v2 --precision int8 --calibrate photos --output int8.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --arithmetic integer --calibrate photos \\",
      "      --output integer.pt (PyTorch's integer kernels; on processors without VNNI, int7)",
      "  bitgaze export mobilenet_v2 --precision mixed:out/mixed.json \\",
      "      --calibration out/calibration.json --output mixed.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --ranges dynamic --output int8.pt"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "[ID=]NETWORK[@FILE]|[ID=]FILE.onnx",
      completionCandidates = Choices.Networks.class,
      description = "torchvision's name, or a network of one's own")
  private String network;

  @Option(
      names = "--precision",
      required = true,
      paramLabel = "PRECISION",
      description =
          "f32, int2 to int16, each with -per-channel; or mixed:FILE, as 'bitgaze layers' wrote it")
  private String precision;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "the archive to write")
  private Path output;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "ranges that an audit wrote: its calibration.json")
  private Path calibration;

  @Option(
      names = "--calibrate",
      paramLabel = "DIR|GLOB|scenes:N[:SEED]",
      description = "images from which minmax and averaged ranges are taken")
  private String calibrate;

  @Option(
      names = "--calibration-images",
      paramLabel = "N",
      description =
          "how many of them, chosen by a hash of their keys as an audit does (default: 32; 200 in"
              + " training mode)")
  private Integer calibrationImages;

  @Option(names = "--overwrite", description = "replace a file that is there")
  private boolean overwrite;

  @Mixin private ArithmeticOption arithmetic;

  @Mixin private ClippedLogitsOption clipped;

  @Mixin private ConfigOption config;

  @Mixin private ModelOptions modelOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Model model;
    Quantization quantization;
    Protocol protocol;
    Arithmetic chosen;
    try {
      if (Files.exists(output) && !overwrite) {
        throw new UsageException(output + " exists; --overwrite replaces it");
      }
      protocol = ProtocolOptions.of(spec);
      if (calibrationImages == null) {
        calibrationImages = protocol.calibrationImages();
      }
      if (calibrationImages < 1) {
        throw new UsageException(
            "--calibration-images " + calibrationImages + " must be 1 or more");
      }
      if (spec.commandLine().getParseResult().hasMatchedOption("--" + Step.TARGET.id())) {
        throw new UsageException("--target: the program takes the class to explain as an input");
      }
      if (protocol.isRandom()) {
        throw new UsageException(
            "a program that draws by the image's key cannot be exported; --dropout off");
      }
      if (precision.equals(Precision.F32B.toString())) {
        throw new UsageException("--precision f32b is another draw, and a program draws nothing");
      }
      Precisions said = Precisions.parse(List.of(precision));
      clipped.check(OnnxOptions.isFile(network));
      ModelOptions.Checked checked =
          OnnxOptions.isFile(network)
              ? modelOptions.check(clipped.applyTo(OnnxOptions.of(network)), protocol)
              : modelOptions.check(network, protocol);
      checked.warnings().forEach(w -> System.err.println("warning: " + w));
      model = checked.model();
      Configuration bits = said.of(model).get(0);
      chosen = arithmetic.choice(protocol.ranges());
      if (chosen != chosen.at(bits)) {
        throw new UsageException(
            "--arithmetic integer: " + bits + " has no integer kernels; int2 to int8 have");
      }
      quantization = quantization(model, bits, protocol);
    } catch (IllegalArgumentException | WeightsException e) {
      throw new UsageException(e.getMessage());
    }
    Path part = output.resolveSibling(output.getFileName() + ".part");
    try (OpenModel opened = model.open()) {
      CamProgram.compile(opened, quantization, protocol.cam(), chosen, part);
      KernelReport.print(
          System.out, precision, new ProgramKey(model, quantization, protocol.cam(), chosen));
      Files.move(part, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    System.out.printf(Locale.ROOT, "%s: %d bytes%n", output, Files.size(output));
    return 0;
  }

  private Quantization quantization(Model model, Configuration bits, Protocol protocol)
      throws IOException {
    RangeMode mode = protocol.ranges();
    if (bits.isFloat()) {
      return Quantization.NONE;
    }
    if (mode == RangeMode.DYNAMIC) {
      if (calibration != null || calibrate != null) {
        throw new UsageException("dynamic ranges are not calibrated");
      }
      return new Quantization.Dynamic(bits);
    }
    if ((calibration == null) == (calibrate == null)) {
      throw new UsageException(
          "--precision "
              + precision
              + " with --ranges "
              + mode.id()
              + " needs --calibration FILE or --calibrate DIR");
    }
    PipelineOptions beam = PipelineOptionsFactory.create();
    FileSystems.setDefaultPipelineOptions(beam);
    Calibration known =
        calibration == null
            ? new CalibrationJob(
                    beam,
                    ImageInput.of(calibrate, 0),
                    List.of(model),
                    mode,
                    calibrationImages,
                    Runtime.getRuntime().availableProcessors())
                .run()
            : CalibratedModels.of(
                CalibrationFile.read(calibration), calibration, List.of(model), protocol);
    System.out.println(
        "ranges (" + known.mode().id() + ") from " + known.images().size() + " images");
    CalibratedModels.check(known, model, List.of(bits));
    return known.quantization(model.id(), bits);
  }
}
