package org.bitgaze.torch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.QuantizableLayer;
import org.bitgaze.quant.QuantizationPoints;
import org.bitgaze.quant.sweep.PrecisionAlternatives;

/**
 * The text of a {@link SweepProgram}: a loop over configurations, in whose body the backbone is cut
 * into segments, one behind each quantization point. Segments before the first in which a
 * configuration differs from an earlier one, its base, are not computed: their results are the
 * base's.
 */
final class SweepText {
  static final String SIGNATURE =
      "images: Tensor,\n    target: Tensor,\n    configurations: Tensor)"
          + " -> Tuple[Tensor, Tensor, Tensor, Tensor, Tensor]";

  private final Network network;
  private final SweepOutline outline;
  private final String target;
  private final List<Set<String>> segments = new ArrayList<>();
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
      OpenModel model, PrecisionAlternatives choices, MapMethod method, Convolutions convolutions) {
    ActivationScheme scheme = model.execution().scheme();
    int side = model.preprocessing().framing().side();
    Network plain = model.network().apply(model.execution().mode());
    // From here on nodes are found by the names that they have when batch norms are folded.
    network = choices.apply(new Network(plain.graph(), plain.weights()), scheme);
    Graph graph = network.graph();
    target = network.rewritten().locate(plain.rewritten().locate(model.targetNode()));
    Set<String> backbone = graph.ancestors(target);
    Set<String> following = graph.names();
    following.removeAll(backbone);
    Set<String> points = new HashSet<>();
    QuantizationPoints.of(plain.graph(), scheme)
        .keySet()
        .forEach(node -> points.add(network.rewritten().locate(node)));
    cut(backbone, points);
    outline = outline(QuantizableLayer.of(plain.graph(), scheme, side), plain.graph(), scheme);
    text = ProgramText.ofAttributes(graph, side).withConvolutions(convolutions);
    Optional<Node> clipping =
        scheme.quantizedLogits()
            ? HeadText.clipping(graph, following, node -> points.contains(node.name()))
            : Optional.empty();
    head = new HeadText(text, target, following, method, clipping);
  }

  private void cut(Set<String> backbone, Set<String> points) {
    Set<String> segment = new LinkedHashSet<>();
    for (String node : backbone) {
      segment.add(node);
      if (points.contains(node) || node.equals(target)) {
        segments.add(segment);
        segment = new LinkedHashSet<>();
      }
    }
  }

  private SweepOutline outline(
      List<QuantizableLayer> layers, Graph plain, ActivationScheme scheme) {
    List<SweepOutline.Place> places = new ArrayList<>();
    for (QuantizableLayer layer : layers) {
      int weights = segment(layer.name());
      int activation = weights;
      for (var point : QuantizationPoints.of(plain, scheme).entrySet()) {
        if (point.getValue().name().equals(layer.name())) {
          activation = segment(network.rewritten().locate(point.getKey()));
        }
      }
      places.add(new SweepOutline.Place(layer, weights, activation));
    }
    return new SweepOutline(places, segments.size());
  }

  /** Where a node is computed; behind all segments if it follows the target layer. */
  private int segment(String node) {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).contains(node)) {
        return i;
      }
    }
    return segments.size();
  }

  /** What a program's tensors hold. */
  SweepOutline outline() {
    return outline;
  }

  /** The lines so far. */
  ProgramText text() {
    return text;
  }

  /** The network that is written. */
  Network network() {
    return network;
  }

  /** Writes everything, from a bound input. */
  void write() {
    String input = text.graph().nodes().get(0).name();
    String images = text.variable(input);
    text.add("bases = annotate(List[List[Tensor]], [])");
    for (String list : List.of("cams", "answers", "classes", "fidelities", "clippings")) {
      text.add(list + " = annotate(List[Tensor], [])");
    }
    text.add("wanted = target");
    // Each is set by the first run.
    text.add("reference_features = " + images);
    text.add("reference_logits = " + images);
    text.block(
        "for run in range(torch.size(configurations, 0)):",
        () -> {
          text.add("row = torch.unbind(torch.select(configurations, 0, run), 0)");
          text.add("first = int(row[" + SweepPlan.FIRST + "])");
          text.add("base = annotate(List[Tensor], [])");
          text.block(
              "if first > 0:", () -> text.add("base = bases[int(row[" + SweepPlan.BASE + "])]"));
          text.add("torch.set_grad_enabled(False)");
          text.bind(input, images);
          for (int i = 0; i < segments.size(); i++) {
            segment(i);
          }
          text.add("features = " + text.variable(target));
          numbers(segments.size());
          text.add("target = wanted");
          head.write();
          results();
          text.block(
              "if int(row[" + SweepPlan.KEPT + "]) == 1:",
              () -> text.add("torch.append(bases, [" + String.join(", ", kept) + "])"));
        });
    text.add(
        "return ("
            + List.of("cams", "answers", "classes", "fidelities", "clippings").stream()
                .map(list -> "torch.stack(" + list + ")")
                .collect(Collectors.joining(", "))
            + ")");
  }

  private void segment(int index) {
    Set<String> nodes = segments.get(index);
    List<String> results = results(nodes);
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      variables.add("segment_" + index + "_" + i);
    }
    text.block(
        "if first <= " + index + ":",
        () -> {
          numbers(index);
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

  /** The nodes of a segment that others read. */
  private List<String> results(Set<String> nodes) {
    List<String> results = new ArrayList<>();
    for (String node : nodes) {
      boolean read =
          node.equals(target)
              || network.graph().consumers(node).stream().anyMatch(n -> !nodes.contains(n.name()));
      if (read) {
        results.add(node);
      }
    }
    return results;
  }

  /** Reads what is chosen for the layers of a segment. */
  private void numbers(int segment) {
    List<SweepOutline.Place> places = outline.places();
    for (int i = 0; i < places.size(); i++) {
      if (places.get(i).layer().weights() > 0 && places.get(i).weights() == segment) {
        text.add(PrecisionAlternatives.weights(i) + " = int(row[" + SweepPlan.weights(i) + "])");
      }
      if (places.get(i).layer().hasPoint() && places.get(i).activation() == segment) {
        text.add(
            PrecisionAlternatives.activation(i) + " = int(row[" + SweepPlan.activation(i) + "])");
      }
    }
  }

  /**
   * Notes what came out of a run. The first one is the reference: its class is explained by all,
   * and its activations and logits are the signals that the others' are compared with, in float64.
   */
  private void results() {
    text.block(
        "if run == 0:",
        () -> {
          text.add("wanted = explained");
          text.add("reference_features = " + flat("features"));
          text.add("reference_logits = " + flat("torch.detach(logits)"));
        });
    text.add("features_ratio = " + ratio("reference_features", flat("features")));
    text.add("logits_ratio = " + ratio("reference_logits", flat("torch.detach(logits)")));
    text.add("torch.append(cams, torch.contiguous(cam))");
    text.add("torch.append(answers, torch.detach(logits))");
    text.add("torch.append(classes, explained)");
    text.add("torch.append(fidelities, torch.stack([features_ratio, logits_ratio], 1))");
    String clipped =
        head.clipping().isPresent()
            ? "torch.to(clipped, 4, False, False, None)"
            : "torch.zeros_like(explained)";
    text.add("torch.append(clippings, " + clipped + ")");
  }

  private static String flat(String tensor) {
    return "torch.flatten(torch.to(" + tensor + ", 7, False, False, None), 1, -1)";
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
