package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.bitgaze.cam.CamMethod;
import org.bitgaze.image.CenterCrop;
import org.bitgaze.image.ImageDecoder;
import org.bitgaze.program.ModelFile;
import org.bitgaze.program.ObserverProgram;
import org.bitgaze.program.ProgramCompiler;
import org.bitgaze.program.Programs;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.Range;
import org.bitgaze.transforms.RangeMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze export}: the compiled program as a file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes the compiled program as a TorchScript archive, which any libtorch program loads.",
    footer = {
      "",
      "forward(images, target) takes images, uint8 (N, 224, 224, 3) RGB, and target, int64 (N), the",
      "class to explain or -1 for the network's own; it returns the maps, float32 (N, h, w), the",
      "logits, float32 (N, classes), and the explained classes, int64 (N). In Python:",
      "",
      "  program = torch.jit.load('int8.pt')",
      "  cam, logits, explained = program(images, torch.full((len(images),), -1))",
      "",
      "Examples:",
      "  bitgaze export mobilenet_v2 --precision f32 --output f32.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --calibrate photos --output int8.pt",
      "  bitgaze export mobilenet_v2 --precision int8 --ranges dynamic --output int8.pt"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NETWORK", description = "torchvision's name")
  private String network;

  @Option(
      names = "--precision",
      required = true,
      description = "f32, int2 to int16, each with -per-channel")
  private String precision;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "the archive to write")
  private Path output;

  @Option(
      names = "--ranges",
      defaultValue = "minmax",
      description = "minmax, averaged or dynamic (default: ${DEFAULT-VALUE})")
  private String ranges;

  @Option(
      names = "--calibrate",
      paramLabel = "DIR",
      description = "folder of images from which minmax and averaged ranges are taken")
  private Path calibrate;

  @Option(names = "--overwrite", description = "replace a file that is there")
  private boolean overwrite;

  @Mixin private ModelOptions modelOptions;

  @Override
  public Integer call() throws IOException {
    ModelOptions.Checked model;
    Quantization quantization;
    CamMethod method;
    try {
      if (Files.exists(output) && !overwrite) {
        throw new UsageException(output + " exists; --overwrite replaces it");
      }
      method = CamMethod.of(modelOptions.cam());
      RangeMode mode = RangeMode.of(ranges);
      Precision bits = Precision.of(precision);
      boolean calibrated = !bits.isFloat() && mode != RangeMode.DYNAMIC;
      if (calibrated && (calibrate == null || !Files.isDirectory(calibrate))) {
        throw new UsageException(
            "--precision " + precision + " with --ranges " + mode + " needs --calibrate DIR");
      }
      model = modelOptions.check(network);
      quantization =
          new Quantization(bits, calibrated ? calibrate(model.file(), mode.combineFn()) : null);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    Path part = output.resolveSibling(output.getFileName() + ".part");
    try (ModelFile.Opened opened = model.file().open()) {
      ProgramCompiler.compileCam(opened.network(), quantization, model.targetLayer(), method, part);
      Files.move(part, output, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    System.out.println(output + ": " + Files.size(output) + " bytes");
    return 0;
  }

  private <A> Map<String, Range> calibrate(
      ModelFile model, CombineFn<Map<String, Range>, A, Map<String, Range>> combine)
      throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> tree = Files.walk(calibrate)) {
      tree.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    A accumulator = combine.createAccumulator();
    int used = 0;
    try (Programs.Lease<ObserverProgram> lease = Programs.observer(model)) {
      for (Path file : files) {
        try {
          var image = CenterCrop.apply(ImageDecoder.decode(Files.readAllBytes(file)));
          accumulator = combine.addInput(accumulator, lease.program().run(List.of(image)).get(0));
          used++;
        } catch (org.bitgaze.image.ImageFormatException e) {
          System.err.println(file + " is left out: " + e.getMessage());
        }
      }
    }
    if (used == 0) {
      throw new UsageException("--calibrate " + calibrate + " has no readable image");
    }
    System.out.println("ranges from " + used + " images");
    return combine.extractOutput(accumulator);
  }
}
