package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Normalization;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Shapes;
import org.bitgaze.network.TargetView;
import org.bitgaze.network.op.ScalarType;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.QuantizationPoints;
import org.bitgaze.quant.sweep.FilePairs;
import org.bitgaze.quant.sweep.PrecisionAlternatives;
import org.bitgaze.torch.emit.ClassScore;
import org.bitgaze.torch.emit.ClippingText;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.HeadText;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;

/**
 * The text of a {@link SweepProgram}: a loop over configurations, in whose body the backbone is cut
 * into segments, one after each quantization point. Segments before the first in which a
 * configuration differs from its base are not computed: their results are the base's.
 */
final class SweepText {
  private static final String ARGUMENTS =
      "images: Tensor,\n    target: Tensor,\n    configurations: Tensor)";

  /** Lists with one entry per configuration, in the order of the results. */
  private final List<String> lists =
      new ArrayList<>(List.of("cams", "answers", "classes", "clippings", "fidelities"));

  private final Network network;
  private final SweepPlanner planner;
  private final String target;
  private final List<Set<String>> segments = new ArrayList<>();
  private final ClippingText clipping;
  private final HeadText head;
  private final ProgramText text;

  /** The segments' results that others read, in the order in which bases keep them. */
  private final List<String> kept = new ArrayList<>();

  /**
   * Rewrites the network; nothing is written yet.
   *
   * @throws IllegalArgumentException if the target layer is unfit or a range is missing
   */
  SweepText(
      OpenModel model, PrecisionAlternatives choices, MapMethod method, ConvolutionCalls calls) {
    if (method.need() != MapMethod.Need.GRADIENT) {
      throw new IllegalArgumentException(
          "%s needs %s and cannot be swept; use a method that needs %s"
              .formatted(
                  method.id(), method.need().description(), MapMethod.Need.GRADIENT.description()));
    }
    ActivationScheme scheme = model.execution().scheme();
    Size size = model.size();
    Network plain = model.network().apply(model.execution().mode());
    // From here on nodes are found by the names that they have when batch norms are folded.
    network = choices.apply(new Network(plain.graph(), plain.weights()), scheme);
    Graph graph = network.graph();
    target = network.rewritten().locate(plain.rewritten().locate(model.targetNode()));
    Set<String> backbone = graph.ancestors(target);
    Set<String> following = graph.names();
    following.removeAll(backbone);
    cut(backbone);
    planner = new SweepPlanner(places(plain.graph(), scheme, size), segments.size(), choices);
    text = ProgramText.ofAttributes(graph, size).withConvolutions(calls);
    clipping =
        scheme.quantizedLogits() ? ClippingText.of(graph, following) : ClippingText.exposed();
    TargetView view = model.targetView();
    head = new HeadText(text, target, view, following, method, new ClassScore(), clipping, true);
    if (head.hasPoles()) {
      lists.add("instabilities");
    }
  }

  private void cut(Set<String> backbone) {
    Set<String> segment = new LinkedHashSet<>();
    for (String node : backbone) {
      segment.add(node);
      if (network.graph().node(node).op().quantizes() || node.equals(target)) {
        segments.add(segment);
        segment = new LinkedHashSet<>();
      }
    }
  }

  private List<SweepPlanner.Place> places(Graph plain, ActivationScheme scheme, Size size) {
    List<SweepPlanner.Place> places = new ArrayList<>();
    if (FilePairs.areIn(plain)) {
      for (QuantizableLayer pair : FilePairs.of(plain)) {
        int segment = segment(network.rewritten().locate(pair.name()));
        QuantizableLayer costed =
            new QuantizableLayer(pair.name(), true, 0, multiplyAdds(segment, size));
        places.add(new SweepPlanner.Place(costed, segment, segment));
      }
      return places;
    }
    Map<String, Integer> activations = new HashMap<>();
    QuantizationPoints.of(plain, scheme)
        .forEach(
            (n, point) -> activations.put(point.name(), segment(network.rewritten().locate(n))));
    for (QuantizableLayer layer : QuantizableLayer.of(plain, scheme, size)) {
      int weights = segment(layer.name());
      int activation = activations.getOrDefault(layer.name(), weights);
      places.add(new SweepPlanner.Place(layer, weights, activation));
    }
    return places;
  }

  /** The multiply-adds that a segment of the backbone takes. */
  private long multiplyAdds(int segment, Size size) {
    if (segment == segments.size()) {
      return 0;
    }
    Graph graph = network.graph();
    Shapes shapes = Shapes.of(graph, size.height(), size.width());
    return segments.get(segment).stream()
        .map(graph::node)
        .filter(node -> !node.op().weights().isEmpty())
        .mapToLong(node -> node.op().multiplyAdds(node.inputs().stream().map(shapes::get).toList()))
        .sum();
  }

  /** {@return the index of a node's segment; the number of segments if it follows the target} */
  private int segment(String node) {
    return IntStream.range(0, segments.size())
        .filter(i -> segments.get(i).contains(node))
        .findFirst()
        .orElse(segments.size());
  }

  /** {@return the program's arguments and the types of its results} */
  String signature() {
    return ARGUMENTS
        + " -> Tuple["
        + String.join(", ", Collections.nCopies(lists.size(), "Tensor"))
        + "]";
  }

  /** {@return plans the program's calls} */
  SweepPlanner planner() {
    return planner;
  }

  /** {@return the statements so far} */
  ProgramText text() {
    return text;
  }

  /** {@return the network that is written} */
  Network network() {
    return network;
  }

  /**
   * Writes the whole program.
   *
   * @throws IllegalArgumentException if dropout is active
   */
  void write(Normalization normalization) {
    InputText.of(normalization).write(text);
    String input = text.graph().nodes().get(0).name();
    String images = text.variable(input);
    text.add("bases = annotate(List[List[Tensor]], [])");
    for (String list : lists) {
      text.add(list + " = annotate(List[Tensor], [])");
    }
    text.add("wanted = target");
    // Both are set by the first run.
    text.add("reference_features = " + images);
    text.add("reference_logits = " + images);
    text.block(
        "for run in range(torch.size(configurations, 0)):",
        () -> {
          text.add("row = torch.unbind(torch.select(configurations, 0, run), 0)");
          text.add("first = " + column(SweepPlanner.FIRST));
          text.add("base = annotate(List[Tensor], [])");
          text.block(
              "if first > 0:", () -> text.add("base = bases[" + column(SweepPlanner.BASE) + "]"));
          text.add("torch.set_grad_enabled(False)");
          text.bind(input, images);
          for (int i = 0; i < segments.size(); i++) {
            writeSegment(i);
          }
          text.add("features = " + text.variable(target));
          readNumbers(segments.size());
          text.add("target = wanted");
          head.write();
          appendResults();
          text.block(
              "if " + column(SweepPlanner.KEPT) + " == 1:",
              () -> text.add("torch.append(bases, " + kept + ")"));
        });
    text.add(
        lists.stream()
            .map("torch.stack(%s)"::formatted)
            .collect(Collectors.joining(", ", "return (", ")")));
    if (!text.streams().isEmpty()) {
      throw new IllegalArgumentException(
          text.graph().name() + " has active dropout, which cannot be swept");
    }
  }

  /** {@return an expression for an entry of the configuration's row} */
  private static String column(int index) {
    return "int(row[" + index + "])";
  }

  private void writeSegment(int index) {
    Set<String> nodes = segments.get(index);
    List<String> results = results(nodes);
    List<String> variables =
        IntStream.range(0, results.size()).mapToObj(i -> "segment_" + index + "_" + i).toList();
    text.block(
        "if first <= " + index + ":",
        () -> {
          readNumbers(index);
          text.write(nodes, ProgramText.Use.OVERWRITTEN);
          for (int i = 0; i < results.size(); i++) {
            text.add(variables.get(i) + " = " + text.variable(results.get(i)));
          }
        });
    text.block(
        "else:",
        () -> {
          for (int i = 0; i < results.size(); i++) {
            text.add(variables.get(i) + " = base[" + (kept.size() + i) + "]");
          }
        });
    for (int i = 0; i < results.size(); i++) {
      text.bind(results.get(i), variables.get(i));
    }
    kept.addAll(variables);
  }

  /** {@return the nodes of a segment that others read} */
  private List<String> results(Set<String> nodes) {
    return nodes.stream()
        .filter(
            node ->
                node.equals(target)
                    || network.graph().consumers(node).stream()
                        .anyMatch(reader -> !nodes.contains(reader.name())))
        .toList();
  }

  /** Reads the numbers of the precisions of a segment's layers. */
  private void readNumbers(int segment) {
    for (int i = 0; i < planner.places().size(); i++) {
      SweepPlanner.Place place = planner.places().get(i);
      if (place.layer().weights() > 0 && place.weights() == segment) {
        text.add(PrecisionAlternatives.weights(i) + " = " + column(SweepPlanner.weights(i)));
      }
      if (place.layer().hasPoint() && place.activation() == segment) {
        text.add(PrecisionAlternatives.activation(i) + " = " + column(SweepPlanner.activation(i)));
      }
    }
  }

  /**
   * Appends the results of a run. The first run is the reference: all explain its class, and its
   * activations and logits are the signals with which the others' are compared, in float64.
   */
  private void appendResults() {
    text.block(
        "if run == 0:",
        () -> {
          text.add("wanted = explained");
          text.add("reference_features = " + flat("features"));
          text.add("reference_logits = " + flat("torch.detach(logits)"));
        });
    text.add("features_ratio = " + ratio("reference_features", flat("features")));
    text.add("logits_ratio = " + ratio("reference_logits", flat("torch.detach(logits)")));
    List<String> values = head.results();
    // Maps, logits, and classes come first.
    if (clipping.result().isEmpty()) {
      values.add(3, "torch.zeros_like(explained)");
    }
    values.add(4, "torch.stack([features_ratio, logits_ratio], 1)");
    for (int i = 0; i < lists.size(); i++) {
      text.add("torch.append(" + lists.get(i) + ", " + values.get(i) + ")");
    }
  }

  private static String flat(String tensor) {
    return "torch.flatten(" + ScalarType.FLOAT64.cast(tensor) + ", 1, -1)";
  }

  /** Signal to noise in decibels: 10 log10(sum f^2 / sum (q - f)^2); infinite without noise. */
  private static String ratio(String signal, String values) {
    return "torch.mul(torch.log10(torch.div("
        + energy(signal)
        + ", "
        + energy("torch.sub(" + values + ", " + signal + ")")
        + ")), 10.)";
  }

  private static String energy(String values) {
    return "torch.sum(torch.pow(" + values + ", 2), [1], False)";
  }
}
