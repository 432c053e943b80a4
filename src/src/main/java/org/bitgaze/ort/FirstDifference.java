package org.bitgaze.ort;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bitgaze.explain.Engine;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Model;
import org.bitgaze.model.OpenModel;
import org.bitgaze.onnx.DeployedFile;
import org.bitgaze.onnx.file.OnnxException;
import org.bitgaze.onnx.ops.IntegerOperators;
import org.bitgaze.torch.NodeOutputs;

/**
 * Finds where the simulation of a file first differs from the file as ONNX Runtime runs it, by
 * comparing tensors inside both. Quantized tensors are compared as they flow, so that integer
 * kernels stay fused, in steps of quantization. In a file without any, all tensors are compared
 * that both have, in 255ths of a tensor's range.
 *
 * @param compared the number of tensors that were compared
 * @param images the number of images
 * @param limit the number of steps that are allowed
 * @param difference the first tensor, in the file's order of nodes, of which more than 1 % of the
 *     elements differ beyond the limit; empty if there is none
 */
public record FirstDifference(
    int compared, int images, double limit, Optional<Difference> difference) {

  /**
   * A node whose result differs.
   *
   * @param node its name, or that of its output if it has none
   * @param type its operator
   * @param steps the largest difference of an element, in steps
   * @param share the share of elements that differ by more than the limit, in (0.01, 1]
   */
  public record Difference(String node, String type, double steps, double share) {}

  /**
   * The share of elements that may differ beyond the limit: integer kernels round differently from
   * the simulation, and single elements drift apart by some steps.
   */
  private static final double SHARE = 0.01;

  /** The steps of a range, where a tensor is not quantized. */
  private static final int STEPS = 255;

  /**
   * A tensor that both have.
   *
   * @param tensor its name in the file
   * @param node the simulation's node
   * @param step what its numbers mean; empty for real numbers
   * @param maker the node that is reported
   */
  private record Point(String tensor, String node, Optional<CutFile.Step> step, NodeProto maker) {}

  /**
   * Compares.
   *
   * @param model an ONNX file that both engines can run
   * @param images at least one, as the network sees them
   * @param limit the number of steps that are allowed, at least 0
   * @return what was found
   * @throws IOException if the file cannot be read
   */
  public static FirstDifference find(Model model, List<RgbImage> images, double limit)
      throws IOException {
    try (OpenModel open = model.open();
        OrtNetwork deployed =
            OrtNetwork.read(model.withEngine(Engine.ONNX_RUNTIME), open.preprocessing(), "")) {
      List<Point> points = points(deployed.file(), open.network().graph().names());
      List<String> nodes = points.stream().map(Point::node).toList();
      if (points.isEmpty()) {
        return new FirstDifference(0, images.size(), limit, Optional.empty());
      }
      Comparison comparison = new Comparison(deployed, limit);
      try (NodeOutputs simulated = NodeOutputs.of(open, new LinkedHashSet<>(nodes))) {
        for (RgbImage image : images) {
          comparison.add(
              open.preprocessing().normalization().normalize(image), simulated.run(image));
        }
      }
      return comparison.first(points);
    }
  }

  private static List<Point> points(DeployedFile file, Set<String> simulated) throws OnnxException {
    GraphProto graph = file.model().getGraph();
    Map<String, NodeProto> makers = DeployedFile.makers(graph);
    List<Point> quantized = new ArrayList<>();
    List<Point> real = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      for (String tensor : node.getOutputList()) {
        if (simulated.contains(tensor) && !node.getOpType().equals("DequantizeLinear")) {
          real.add(new Point(tensor, tensor, Optional.empty(), node));
        }
        Optional<CutFile.Step> step = CutFile.step(file, tensor, new HashSet<>());
        Optional<String> twin = twin(graph, tensor, simulated);
        if (step.isPresent() && twin.isPresent()) {
          boolean quantizes = node.getOpType().equals("QuantizeLinear");
          NodeProto maker = quantizes ? makers.getOrDefault(node.getInput(0), node) : node;
          quantized.add(new Point(tensor, twin.get(), step, maker));
        }
      }
    }
    return quantized.isEmpty() ? real : quantized;
  }

  /** The simulation's node that has the real values of a quantized tensor. */
  private static Optional<String> twin(GraphProto graph, String tensor, Set<String> simulated) {
    String rewritten = tensor + IntegerOperators.REAL;
    if (simulated.contains(rewritten)) {
      return Optional.of(rewritten);
    }
    return CutFile.readers(graph, tensor).stream()
        .filter(n -> n.getOpType().equals("DequantizeLinear") && n.getInput(0).equals(tensor))
        .map(n -> n.getOutput(0))
        .filter(simulated::contains)
        .findFirst();
  }

  /** Both results of the images. */
  private static final class Comparison {
    private final OrtNetwork deployed;
    private final double limit;
    private final List<float[]> inputs = new ArrayList<>();
    private final List<Map<String, NodeOutputs.Output>> simulated = new ArrayList<>();

    Comparison(OrtNetwork deployed, double limit) {
      this.deployed = deployed;
      this.limit = limit;
    }

    void add(float[] input, Map<String, NodeOutputs.Output> outputs) {
      inputs.add(input);
      simulated.add(outputs);
    }

    FirstDifference first(List<Point> points) {
      List<OrtNetwork.Exposed> exposed = expose(points);
      // More outputs may change how ONNX Runtime fuses nodes, and then they are exposed singly.
      List<float[]> whole = deployed.outputs(inputs);
      boolean changed = false;
      for (int i = 0; i < inputs.size(); i++) {
        changed |= !Arrays.equals(whole.get(i), exposed.get(i).scores());
      }
      int compared = 0;
      for (Point point : points) {
        Optional<Difference> found = difference(point, changed ? expose(List.of(point)) : exposed);
        compared += found.isPresent() ? 1 : 0;
        if (found.filter(d -> d.share() > SHARE).isPresent()) {
          return new FirstDifference(compared, inputs.size(), limit, found);
        }
      }
      return new FirstDifference(compared, inputs.size(), limit, Optional.empty());
    }

    private List<OrtNetwork.Exposed> expose(List<Point> points) {
      return deployed.expose(points.stream().map(Point::tensor).distinct().toList(), inputs);
    }

    /** Over all images; empty if the two have other shapes, as after a change of layout. */
    private Optional<Difference> difference(Point point, List<OrtNetwork.Exposed> exposed) {
      double largest = 0;
      long beyond = 0;
      long elements = 0;
      for (int i = 0; i < inputs.size(); i++) {
        OrtNetwork.Numbers found = exposed.get(i).tensors().get(point.tensor());
        NodeOutputs.Output expected = simulated.get(i).get(point.node());
        if (found == null || expected == null || !Arrays.equals(found.shape(), expected.shape())) {
          return Optional.empty();
        }
        CutFile.Step step = point.step().orElseGet(() -> step(expected.values()));
        for (int e = 0; e < found.values().length; e++) {
          double other = expected.values()[e] / (double) step.scale();
          boolean quantized = point.step().isPresent();
          double own = found.values()[e];
          own = quantized ? own - step.zero() : own / step.scale();
          double steps = Math.abs(own - other);
          steps = quantized ? Math.rint(steps) : steps;
          // Not a number is beyond any limit.
          if (!(steps <= limit)) {
            beyond++;
          }
          largest = Math.max(largest, steps);
        }
        elements += found.values().length;
      }
      NodeProto maker = point.maker();
      String name = maker.getName().isEmpty() ? maker.getOutput(0) : maker.getName();
      return Optional.of(
          new Difference(name, maker.getOpType(), largest, beyond / (double) elements));
    }

    private static CutFile.Step step(float[] values) {
      float min = 0;
      float max = 0;
      for (float v : values) {
        min = Math.min(min, v);
        max = Math.max(max, v);
      }
      return new CutFile.Step(Math.max((max - min) / STEPS, Float.MIN_NORMAL), 0);
    }
  }

  /** {@return words that end a sentence about the two} */
  public String words() {
    if (compared == 0) {
      return "no tensor inside the two could be compared";
    }
    if (difference.isEmpty()) {
      return String.format(
          Locale.ROOT,
          "in none of %d tensors do more than 1 %% of the elements differ by more than %s (%d images)",
          compared,
          steps(limit),
          images);
    }
    Difference d = difference.get();
    return String.format(
        Locale.ROOT,
        "they differ first at node %s (%s), by up to %s, and by more than %s in %.1f %% of its"
            + " elements on %d images",
        d.node(),
        d.type(),
        steps(d.steps()),
        steps(limit),
        100 * d.share(),
        images);
  }

  private static String steps(double number) {
    String unit = number == 1 ? " step" : " steps";
    return String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.2f", number) + unit;
  }
}
