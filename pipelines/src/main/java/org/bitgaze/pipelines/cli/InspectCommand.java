package org.bitgaze.pipelines.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bitgaze.explain.task.TaskDescription;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetLayer;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.Size;
import org.bitgaze.onnx.InputDescription;
import org.bitgaze.onnx.Inspection;
import org.bitgaze.onnx.OnnxNetwork;
import org.bitgaze.weights.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bitgaze inspect}: the content of an ONNX file. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Shows an ONNX model: inputs, outputs, operators, parameters, multiply-adds, possible target"
            + " layers with their sizes, and all that is not supported: operators with their counts, and"
            + " the problem of each node.",
    footer = {
      "",
      "Examples:",
      "  bitgaze inspect mine.onnx",
      "  bitgaze inspect mine.onnx --init (then edit mine.json)",
      "",
      "--init writes mine.json beside mine.onnx, with layout (nchw, nhwc), channels (rgb, bgr),",
      "preprocessing (resize, crop, interpolation, mean and std of red, green and blue, in units of the",
      "largest sample), target_layer (several with commas between: their maps are averaged), size",
      "(HEIGHTxWIDTH, if the file does not fix it), output (if the file has several) and task. Defaults:",
      "the file's input, else ImageNet's.",
      "",
      "Exit code: 0 the model can be compiled, 2 it cannot."
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE.onnx",
      completionCandidates = KnownOperators.class,
      description = "the model; supported operators: ${COMPLETION-CANDIDATES}")
  private Path file;

  @Option(names = "--init", description = "write the input's description beside the file")
  private boolean init;

  @Option(names = "--overwrite", description = "replace an existing description")
  private boolean overwrite;

  @Option(
      names = "--outputs",
      paramLabel = "NAME,...",
      description =
          "the output with the scores of the classes, if there are several; or a detector's boxes and"
              + " scores")
  private String output;

  @Option(
      names = "--task",
      paramLabel = "TASK[,OPTION=VALUE]...",
      description =
          "what the outputs mean, as of 'bitgaze audit' (default: found from the outputs)")
  private String task;

  /** The operators, for help texts. */
  static final class KnownOperators extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    KnownOperators() {
      super(OnnxNetwork.operators());
    }
  }

  @Override
  public Integer call() throws IOException {
    UsageException.require(Files.isRegularFile(file), "there is no file " + file);
    InputDescription beside = UsageException.checking(() -> InputDescription.of(file));
    InputDescription chosen = output == null ? beside : beside.withOutput(output);
    InputDescription input =
        task == null
            ? chosen
            : chosen.with(UsageException.checking(() -> TaskDescription.parse(task)));
    Inspection found = UsageException.checking(() -> Inspection.of(file, input));
    print(found, System.out);
    if (found.network().isEmpty()) {
      return ExitCode.USAGE;
    }
    if (init) {
      init(found.network().get(), found.isMap(), input);
    }
    return ExitCode.OK;
  }

  private void init(OnnxNetwork network, boolean map, InputDescription input) throws IOException {
    Path beside = InputDescription.beside(file);
    UsageException.require(
        overwrite || !Files.exists(beside), beside + " exists; --overwrite replaces it");
    input
        .with(input.channels().orElse(InputDescription.Channels.RGB))
        .with(network.preprocessing())
        .withTargetLayer(
            Optional.of(network.targetLayer()).filter(layer -> !map && !layer.isEmpty()))
        .write(beside);
    System.out.println("written: " + beside);
  }

  private void print(Inspection found, PrintStream out) {
    out.println(file + ", operator set " + found.opset());
    found.inputs().forEach((name, sizes) -> out.println("input   " + name + ": " + sizes));
    found.outputs().forEach((name, sizes) -> out.println("output  " + name + ": " + sizes));
    out.println("operators: " + counted(found.operators()));
    found.network().ifPresent(network -> print(network, found.isMap(), out));
    if (!found.unsupported().isEmpty()) {
      out.println("operators that are not supported: " + counted(found.unsupported()));
    }
    if (!found.problems().isEmpty()) {
      out.println("not supported:");
      found.problems().forEach(problem -> out.println("  " + problem));
    }
  }

  private static String counted(Map<String, Integer> operators) {
    return operators.entrySet().stream()
        .map(e -> e.getKey() + " " + e.getValue())
        .collect(Collectors.joining(", "));
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
            : network.objective().isClassification()
                ? shapes.get(graph.output().name())[0] + " classes"
                : network.objective().id(),
        network.isQuantized() ? ", quantized" : "");
    network.notices().forEach(notice -> out.println("note: " + notice));
    if (map) {
      out.println(
          "for --saliency onnx:FILE; the whole image is resized to "
              + network.size().height()
              + " x "
              + network.size().width()
              + " pixels (height x width), "
              + network.preprocessing().normalization());
      return;
    }
    out.println("task: " + network.objective().id() + ", " + network.objective().description());
    out.println("preprocessing: " + network.preprocessing());
    out.println("possible target layers:");
    List<String> taken = TargetLayer.names(network.targetLayer());
    for (String target : network.targets()) {
      String sizes = view(graph, target, network.size());
      String mark = taken.contains(target) ? "  <- taken" : "";
      out.println("  " + target + ": " + sizes + mark);
    }
    if (taken.stream().anyMatch(t -> !t.isEmpty() && !graph.isNonNegative(t))) {
      out.println(
          "note: the target layer may have negative values, where weights of gradcam++ and xgradcam"
              + " have poles; --cam layercam has none");
    }
  }

  /** Sizes, and how they are seen as an image where channels are not first. */
  private static String view(Graph graph, String target, Size size) {
    TargetView view = TargetLayer.view(graph, target, size);
    String sizes = sizes(Shapes.of(graph, size.height(), size.width()).get(target));
    return view.layout() == TargetView.Layout.CHANNELS_FIRST ? sizes : sizes + " (" + view + ")";
  }

  private static String sizes(int[] shape) {
    return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(" x "));
  }

  /** A map's height and width, with or without its one channel. */
  private static int[] plane(int[] shape) {
    return Arrays.copyOfRange(shape, shape.length - 2, shape.length);
  }
}
