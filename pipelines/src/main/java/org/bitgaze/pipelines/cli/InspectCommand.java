package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Shapes;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.Inspection;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.weights.Tensor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze inspect}: what is in an ONNX file. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Shows an ONNX model: inputs, outputs, operators, parameters, multiply-adds, possible target"
            + " layers with their sizes, and what is not supported, each by node.",
    footer = {
      "",
      "--init writes mine.json beside mine.onnx, to be edited: layout (nchw, nhwc), channels (rgb,",
      "bgr), preprocessing (resize, crop, interpolation, mean and std of red, green and blue, in units",
      "of the largest sample) and target_layer. What it does not say is taken from the file's input or",
      "is ImageNet's.",
      "",
      "Exit code: 0 it can be compiled, 2 it cannot."
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE.onnx",
      completionCandidates = KnownOperators.class,
      description = "the model; operators that are read: ${COMPLETION-CANDIDATES}")
  private Path file;

  @Option(names = "--init", description = "write the description of the input beside the file")
  private boolean init;

  @Option(names = "--overwrite", description = "replace a description that is there")
  private boolean overwrite;

  /** The operators, for help texts. */
  static final class KnownOperators extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    KnownOperators() {
      super(OnnxNetwork.operators());
    }
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new UsageException("there is no file " + file);
    }
    Inspection found;
    InputDescription input;
    try {
      input = InputDescription.of(file);
      found = Inspection.of(file, input);
    } catch (IOException e) {
      throw new UsageException(e.getMessage());
    }
    print(found, System.out);
    if (found.network().isEmpty()) {
      return CommandLine.ExitCode.USAGE;
    }
    if (init) {
      init(found.network().get(), found.isMap(), input);
    }
    return CommandLine.ExitCode.OK;
  }

  private void init(OnnxNetwork network, boolean map, InputDescription input) throws IOException {
    Path beside = InputDescription.beside(file);
    if (Files.exists(beside) && !overwrite) {
      throw new UsageException(beside + " exists; --overwrite replaces it");
    }
    new InputDescription(
            input.layout(),
            Optional.of(input.channels().orElse(InputDescription.Channels.RGB)),
            Optional.of(network.preprocessing()),
            Optional.of(network.targetLayer()).filter(layer -> !map && !layer.isEmpty()))
        .write(beside);
    System.out.println("written: " + beside);
  }

  private void print(Inspection found, PrintStream out) {
    out.println(file + ", operator set " + found.opset());
    found.inputs().forEach((name, sizes) -> out.println("input   " + name + ": " + sizes));
    found.outputs().forEach((name, sizes) -> out.println("output  " + name + ": " + sizes));
    out.println(
        "operators: "
            + found.operators().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")));
    found.network().ifPresent(network -> print(network, found.isMap(), out));
    if (!found.problems().isEmpty()) {
      out.println("not supported:");
      found.problems().forEach(problem -> out.println("  " + problem));
    }
  }

  private static void print(OnnxNetwork network, boolean map, PrintStream out) {
    Graph graph = network.network().graph();
    Shapes shapes = Shapes.of(graph, network.size().height(), network.size().width());
    long parameters = 0;
    for (Map.Entry<String, int[]> p : graph.parameters().entrySet()) {
      parameters += p.getKey().contains(".running_") ? 0 : Tensor.elements(p.getValue());
    }
    out.printf(
        Locale.ROOT,
        "%d parameters, %.3f G multiply-adds, %s%s%n",
        parameters,
        shapes.multiplyAdds() / 1e9,
        map
            ? "a map of " + sizes(plane(shapes.get(graph.output().name())))
            : shapes.get(graph.output().name())[0] + " classes",
        network.isQuantized() ? ", quantized" : "");
    if (map) {
      out.println(
          "for --saliency onnx:FILE; the whole picture is squashed to "
              + network.size().height()
              + " x "
              + network.size().width()
              + " pixels (height x width), "
              + network.preprocessing().normalization());
      return;
    }
    out.println("preprocessing: " + network.preprocessing());
    out.println("possible target layers:");
    for (String target : network.targets()) {
      String sizes = sizes(shapes.get(target));
      String taken = target.equals(network.targetLayer()) ? "  <- taken" : "";
      out.println("  " + target + ": " + sizes + taken);
    }
  }

  private static String sizes(int[] shape) {
    return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(" x "));
  }

  /** A map's height and width, with or without its one channel. */
  private static int[] plane(int[] shape) {
    return Arrays.copyOfRange(shape, shape.length - 2, shape.length);
  }
}
