package org.bitgaze.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitgaze.explain.Explanation;
import org.bitgaze.explain.MapMethod;
import org.bitgaze.image.Preprocessing;
import org.bitgaze.image.Resize;
import org.bitgaze.image.RgbImage;
import org.bitgaze.model.Execution;
import org.bitgaze.model.OpenModel;
import org.bitgaze.network.Graph;
import org.bitgaze.network.Network;
import org.bitgaze.network.Node;
import org.bitgaze.network.op.Dropout;
import org.bitgaze.network.op.Input;
import org.bitgaze.network.op.KeyedDropout;
import org.bitgaze.network.op.Size;
import org.bitgaze.quant.ActivationScheme;
import org.bitgaze.quant.Arithmetic;
import org.bitgaze.quant.FakeQuantize;
import org.bitgaze.quant.Observations;
import org.bitgaze.quant.Precision;
import org.bitgaze.quant.Quantization;
import org.bitgaze.quant.QuantizationPoints;
import org.bitgaze.quant.Range;
import org.bitgaze.quant.RangeMode;
import org.bitgaze.quant.Ranges;
import org.bitgaze.testing.FormulaWeights;
import org.bitgaze.testing.Golden;
import org.bitgaze.testing.NeedsShared;
import org.bitgaze.testing.RawTensors;
import org.bitgaze.testing.Shared;
import org.bitgaze.torch.emit.ClassScore;
import org.bitgaze.torch.emit.ConvolutionCalls;
import org.bitgaze.torch.emit.InputText;
import org.bitgaze.torch.emit.ProgramText;
import org.bitgaze.torch.emit.TorchScriptArchive;
import org.bitgaze.torch.runtime.TorchEngine;
import org.bitgaze.weights.TensorSource;
import org.bitgaze.weights.WeightsFile;
import org.bitgaze.zoo.Architecture;
import org.bitgaze.zoo.LayerChoice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The paper's protocol against PyTorch on photographs; two networks with pretrained weights, the
 * others with formula weights.
 *
 * <p>Tolerances, as the reference's README says them. f32, f32b and ranges: relative 1e-4 of the
 * largest value; ResNet50, whose logits other convolution kernels move by 4e-5, 1e-3, and its maps
 * three times what they move by in the reference itself. int16: the maps' correlation is 0.99 at
 * least, where both exist. int8: a step that falls the other way is amplified by the statistics of
 * a single image, so what is held is the head alone, exactly; the points' means and deviations to a
 * few per cent; and end to end no more than the reference shows against itself when computed with
 * other convolution kernels.
 */
class PaperProtocolTest {
  private static final Precision INT8 = Precision.of("int8");

  @TempDir private Path folder;

  private record Reference(Architecture zoo, JsonNode json, RawTensors tensors) {
    static Reference of(Architecture zoo) throws IOException {
      return new Reference(
          zoo,
          Golden.json(Files.readAllBytes(Shared.file("paper/paper." + zoo.id() + ".json"))),
          RawTensors.of(Shared.file("paper/paper." + zoo.id() + ".safetensors")));
    }

    Ranges averaged() {
      return Golden.ranges(json.get("averaged"));
    }

    JsonNode variant(String name) {
      return json.get("variants").get(name);
    }

    List<String> keys(String kind) {
      List<String> keys = new ArrayList<>();
      json.get(kind).forEach(key -> keys.add(key.asText()));
      return keys;
    }

    double tolerance() {
      return zoo == Architecture.RESNET50 ? 1e-3 : 1e-4;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VIT_B_16", "VIT_SCENES", "SWIN_T", "CONVNEXT_TINY"})
  void pointsDropoutsAndTargetsAreThePapers(Architecture zoo) throws IOException {
    JsonNode all = Golden.json(Files.readAllBytes(Shared.file("paper/paper-points.json")));
    JsonNode json = all.get(zoo.id());
    Graph graph = Execution.PAPER.mode().rewrite(zoo.graph(1000)).graph();
    Set<String> expected = new TreeSet<>();
    json.get("activations").forEach(pair -> expected.add(pair.get(0).asText()));
    Set<String> expectedFixed = new TreeSet<>();
    json.get("fixed").fieldNames().forEachRemaining(expectedFixed::add);
    Set<String> found = new TreeSet<>();
    Set<String> fixed = new TreeSet<>();
    QuantizationPoints.of(graph, ActivationScheme.PAPER)
        .forEach(
            (node, point) -> {
              assertEquals(node, point.name());
              found.add(node);
              if (point.fixed().isPresent()) {
                fixed.add(node);
              }
            });
    assertEquals(expected, found);
    assertEquals(expectedFixed, fixed);

    Set<String> weights = new TreeSet<>();
    json.get("weights").forEach(name -> weights.add(name.asText()));
    Set<String> weighted = new TreeSet<>();
    Map<String, Double> drops = new TreeMap<>();
    for (Node node : graph.nodes()) {
      if (!node.op().weights().isEmpty()) {
        weighted.add(node.name());
      }
      if (node.op() instanceof KeyedDropout dropout) {
        drops.put(node.name(), dropout.layer().p());
      }
    }
    assertEquals(weights, weighted);
    // torchvision's blocks without a residual have a stochastic depth that is never called.
    Map<String, Double> random = new TreeMap<>();
    for (JsonNode layer : json.get("dropouts")) {
      String name = layer.get(0).asText();
      boolean isCalled = graph.names().contains(name);
      assertTrue(isCalled || layer.get(1).asText().equals("StochasticDepth"), name);
      if (isCalled && layer.get(2).asDouble() > 0) {
        random.put(name, layer.get(2).asDouble());
      }
    }
    assertEquals(random, drops);
    assertEquals(json.get("target").asText(), zoo.targetLayer(LayerChoice.PAPER));

    for (String name : List.of("int8", "int16")) {
      JsonNode variant = json.get("variants").get(name);
      Precision precision = Precision.of(name);
      assertIntegers(
          variant.get("activation_qmin_qmax"), ActivationScheme.PAPER.activations(precision));
      assertIntegers(variant.get("weight_qmin_qmax"), precision.weights());
    }
  }

  private static void assertIntegers(JsonNode expected, Precision.IntegerRange found) {
    assertEquals(expected.get(0).asInt(), found.qmin());
    assertEquals(expected.get(1).asInt(), found.qmax());
  }

  @Test
  void efficientNetAgrees() throws IOException {
    agrees(Architecture.EFFICIENTNET_B0);
  }

  @Tag("long")
  @ParameterizedTest
  @NeedsShared("paper/paper.vgg16.json")
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EFFICIENTNET_B0", "VIT_B_16", "VIT_SCENES", "SWIN_T", "CONVNEXT_TINY"})
  void othersAgree(Architecture zoo) throws IOException {
    agrees(zoo);
    int8PointsHaveTheirMeansAndDeviations(zoo);
    // What bypasses ResNet50's target layer is not in the reference.
    if (zoo != Architecture.RESNET50) {
      int8HeadAgreesExactly(zoo);
    }
  }

  private void agrees(Architecture zoo) throws IOException {
    Reference reference = Reference.of(zoo);
    try (OpenModel model = open(reference)) {
      checkRanges(model, reference);
      checkVariants(model, reference);
    }
  }

  private OpenModel open(Reference reference) throws IOException {
    Architecture zoo = reference.zoo();
    Graph graph = zoo.graph(1000);
    TensorSource weights =
        reference.json().get("weights").asText().equals("pretrained")
            ? WeightsFile.open(Shared.file("paper/weights/" + zoo.id() + ".safetensors"))
            : FormulaWeights.inFile(graph, folder);
    return open(zoo, weights);
  }

  private static OpenModel open(Architecture zoo, TensorSource weights) {
    return new OpenModel(
        new Network(zoo.graph(1000), weights),
        Resize.SQUASH.apply(Preprocessing.IMAGENET),
        zoo.targetLayer(LayerChoice.PAPER),
        Execution.PAPER);
  }

  private void checkRanges(OpenModel model, Reference reference) throws IOException {
    List<RgbImage> images = images("calibration");
    if (images.isEmpty()) {
      return; // This repository's excerpt has no photographs for calibration.
    }
    Observations all = new Observations();
    try (ObserverProgram program = ObserverProgram.of(model)) {
      program.run(images, reference.keys("calibration")).forEach(all::add);
    }
    Map<String, Range> found = all.ranges(RangeMode.AVERAGED).points();
    Map<String, Range> expected = reference.averaged().points();
    assertEquals(expected.keySet(), found.keySet());
    double worst = 0;
    for (Map.Entry<String, Range> point : expected.entrySet()) {
      Range r = point.getValue();
      Range f = found.get(point.getKey());
      double scale = Math.max(Math.abs(r.min()), Math.abs(r.max()));
      double error = Math.max(Math.abs(r.min() - f.min()), Math.abs(r.max() - f.max())) / scale;
      worst = Math.max(worst, error);
    }
    assertTrue(worst < reference.tolerance(), "ranges " + worst);
  }

  private void checkVariants(OpenModel model, Reference reference) throws IOException {
    for (List<Precision> sharing :
        List.of(
            List.of(Precision.F32, Precision.F32B),
            List.of(Precision.of("int16")),
            List.of(INT8))) {
      Quantization quantization =
          sharing.get(0).isFloat()
              ? Quantization.NONE
              : new Quantization.Static(sharing.get(0), reference.averaged());
      try (CamProgram program =
          CamProgram.of(model, quantization, MapMethod.TORCHCAM, Arithmetic.SIMULATED)) {
        for (Precision variant : sharing) {
          check(program, reference, variant);
        }
      }
    }
  }

  private void check(CamProgram program, Reference reference, Precision variant)
      throws IOException {
    String name = variant.toString();
    JsonNode expected = reference.variant(name);
    JsonNode others = expected.get("same_computed_with_other_convolution_kernels");
    List<RgbImage> images = images("inputs");
    int[] own = new int[images.size()];
    Arrays.fill(own, CamProgram.OWN_CLASS);
    List<RandomKey> draws =
        reference.keys("images").subList(0, own.length).stream()
            .map(key -> RandomKey.of(key, variant))
            .toList();
    List<Explanation> all = program.run(images, own, draws, 1);
    double step =
        variant.isFloat()
            ? 0
            : logitRange(reference).affine(ActivationScheme.PAPER.activations(variant)).scale();
    List<String> jumped = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      Explanation e = all.get(i);
      String what = reference.zoo() + " " + name + " image " + i;
      float[] cam = Golden.part(reference.tensors().floats(name + ".cam"), i, images.size());
      float[] logits = Golden.part(reference.tensors().floats(name + ".logits"), i, images.size());
      double margin = expected.get("margin_of_class").get(i).asDouble();
      int answer = expected.get("class").get(i).asInt();
      boolean sameClass = e.explained() == answer;
      assertEquals(e.topClass(), e.explained(), what);
      // A margin below a step of the logits leaves the class open; so does one that two logits
      // bridge when they move as far as the reference's own with other kernels.
      double moved = others.get(i).get("logits_max_difference").asDouble();
      double logitError = Golden.error(e.logits(), logits, 1);
      assertTrue(sameClass || margin < Math.max(step, 2 * moved), what + ": another class");
      boolean vanished = expected.get("vanished").get(i).asBoolean();
      assertEquals(
          e.status().isVanished(), e.clipped(), what + ": every map that vanishes is explained");
      if (variant.isFloat()) {
        assertTrue(sameClass, what);
        assertFalse(e.status().isVanished(), what);
        double error = Golden.error(e.cam().values(), cam, Golden.largest(cam));
        double tolerance = mapTolerance(reference, others.get(i));
        if (error >= tolerance) {
          jumped.add(what + " map: " + error);
        }
        for (JsonNode other : others) {
          tolerance = Math.max(tolerance, mapTolerance(reference, other));
        }
        assertTrue(error < tolerance, what + " map: " + error);
        error = logitError / Golden.largest(logits);
        assertTrue(error < reference.tolerance(), what + " logits: " + error);
      } else if (sameClass) {
        JsonNode other = others.get(i);
        assertEquals(vanished, e.status().isVanished(), what);
        if (!vanished) {
          double least = 0.99;
          if (variant.equals(INT8)) {
            // Twice as far from 1 as the reference is from itself.
            least = other.get("cam_cc").isNull() ? -1 : 2 * other.get("cam_cc").asDouble() - 1;
          }
          double cc = Golden.correlation(e.cam().values(), cam);
          assertTrue(cc >= Math.min(least, 0.99), what + ": CC " + cc + ", least " + least);
        }
      }
    }
    // On other machines than the reference's it is chance which image such a jump strikes.
    assertTrue(
        jumped.size() <= (reference.zoo() == Architecture.RESNET50 ? 1 : 0), () -> "" + jumped);
  }

  /**
   * ReLU's gradient jumps where a value crosses 0. ResNet50's maps therefore move by a hundredth
   * when the reference itself sums in another order. A single of DenseNet121's 50,176 values behind
   * norm5 lies within rounding (5e-6) of 0 in the second image.
   */
  private static double mapTolerance(Reference reference, JsonNode other) {
    return switch (reference.zoo()) {
      case RESNET50 -> Math.max(1e-3, 3 * other.get("cam_max_relative_difference").asDouble());
      case DENSENET121 -> 2e-4;
      default -> reference.tolerance();
    };
  }

  @Test
  void efficientNetsInt8HeadAgreesExactly() throws IOException {
    int8HeadAgreesExactly(Architecture.EFFICIENTNET_B0);
  }

  /** All behind the target layer, from the reference's own activations there. */
  private void int8HeadAgreesExactly(Architecture zoo) throws IOException {
    Reference reference = Reference.of(zoo);
    try (OpenModel open = open(reference)) {
      CamText cam =
          new CamText(
              open,
              new Quantization.Static(INT8, reference.averaged()),
              MapMethod.TORCHCAM,
              Arithmetic.SIMULATED,
              new ClassScore(),
              ConvolutionCalls.PORTABLE);
      cam.bindTarget("activations");
      cam.writeHead();
      Path file = folder.resolve("head.pt");
      TorchScriptArchive.write(file, cam.text(), cam.network(), cam.signature("activations"));
      DropoutStreams streams = new DropoutStreams(zoo.id(), cam.text().streams());
      try (Model model = TorchEngine.load(file);
          NDManager manager = model.getNDManager().newSubManager()) {
        int[] shape = reference.tensors().shape("int8.target");
        int from = shape.length - 3;
        NDArray activations =
            manager.create(
                reference.tensors().floats("int8.target"),
                new Shape(1, shape[from], shape[from + 1], shape[from + 2]));
        NDList inputs = new NDList(activations, manager.create(new long[] {-1}));
        streams.addTo(inputs, List.of(RandomKey.of(reference.keys("images").get(0), INT8)), 1);
        NDList outputs = TorchEngine.run(model, inputs, 1);
        float[] map =
            Golden.part(reference.tensors().floats("int8.cam"), 0, images("inputs").size());
        float[] logits =
            Golden.part(reference.tensors().floats("int8.logits"), 0, images("inputs").size());
        double logitError =
            Golden.error(outputs.get(1).toFloatArray(), logits, Golden.largest(logits));
        double mapError =
            Golden.error(outputs.get(0).toFloatArray(), map, Math.max(Golden.largest(map), 1e-30));
        JsonNode expected = reference.variant("int8");
        assertEquals(expected.get("class").get(0).asInt(), outputs.get(2).toLongArray()[0]);
        boolean vanished = expected.get("vanished").get(0).asBoolean();
        assertEquals(vanished ? 1 : 0, outputs.get(3).toLongArray()[0]);
        // The same integers: what differs is the rounding of sums of floats.
        assertTrue(logitError < 1e-6, "logits " + logitError);
        assertTrue(mapError < 1e-5, "map " + mapError);
      }
    }
  }

  @Test
  void efficientNetsInt8PointsHaveTheirMeansAndDeviations() throws IOException {
    int8PointsHaveTheirMeansAndDeviations(Architecture.EFFICIENTNET_B0);
  }

  private void int8PointsHaveTheirMeansAndDeviations(Architecture zoo) throws IOException {
    Reference reference = Reference.of(zoo);
    try (OpenModel open = open(reference)) {
      Network network =
          new Quantization.Static(INT8, reference.averaged())
              .apply(open.network().apply(Execution.PAPER.mode()), ActivationScheme.PAPER);
      ProgramText text = ProgramText.ofAttributes(network.graph(), Size.of(224));
      InputText.of(open.preprocessing().normalization()).write(text);
      text.add("torch.set_grad_enabled(False)");
      text.write(network.graph().names(), ProgramText.Use.DIFFERENTIATED);
      List<String> points = new ArrayList<>();
      List<String> values = new ArrayList<>();
      for (Node node : network.graph().nodes()) {
        if (node.op() instanceof FakeQuantize) {
          points.add(node.input());
          values.add("torch.mean(" + text.variable(node.name()) + ")");
          values.add("torch.std(" + text.variable(node.name()) + ", False)");
        }
      }
      text.add("return torch.stack([" + String.join(", ", values) + "], 0)");
      Path file = folder.resolve("points.pt");
      DropoutStreams streams = new DropoutStreams(zoo.id(), text.streams());
      String arguments = "images: Tensor" + (streams.layers().isEmpty() ? "" : ", streams: Tensor");
      TorchScriptArchive.write(file, text, network, arguments + ") -> Tensor");
      try (Model model = TorchEngine.load(file);
          NDManager manager = model.getNDManager().newSubManager()) {
        NDList inputs = new NDList(Batches.toArray(manager, images("inputs").subList(0, 1)));
        streams.addTo(inputs, List.of(RandomKey.of(reference.keys("images").get(0), INT8)), 1);
        float[] found = TorchEngine.run(model, inputs, 1).get(0).toFloatArray();
        JsonNode expected =
            reference.variant("int8").get("mean_and_deviation_at_points_of_first_image");
        assertEquals(expected.size(), points.size());
        for (int i = 0; i < points.size(); i++) {
          double mean = expected.get(points.get(i)).get(0).asDouble();
          double deviation = expected.get(points.get(i)).get(1).asDouble();
          double scale = Math.max(deviation, Math.abs(mean));
          double error =
              Math.max(Math.abs(found[2 * i] - mean), Math.abs(found[2 * i + 1] - deviation));
          assertTrue(error <= 0.05 * scale, points.get(i) + " " + error + " of " + scale);
        }
      }
    }
  }

  @Test
  void streamsAreThePapers() {
    DropoutStreams streams = new DropoutStreams("mobilenet_v2", List.of("classifier.0"));
    RandomKey draw = RandomKey.of("n01558993_robin.JPEG", INT8);
    assertArrayEquals(new long[] {0xb96bb3114c87e2e0L}, streams.states(draw));
  }

  @Test
  void elementsAreDrawnAsTheReferenceDraws() throws IOException {
    // Ones, so that what comes out is the mask; 0.62 lies between the first two elements' draws.
    for (double p : new double[] {0.2, 0.62, 0.5446447730064392, 0.54464478}) {
      Graph graph =
          new Graph(
              "mobilenet_v2",
              List.of(
                  new Node("input", "input", new Input(1280), List.of()),
                  new Node("classifier.0", "", new KeyedDropout(Dropout.of(p)), List.of("input"))));
      ProgramText text = ProgramText.ofAttributes(graph, Size.of(1));
      text.bind("input", "ones");
      text.write(graph.names(), ProgramText.Use.DIFFERENTIATED);
      text.add("return " + text.variable("classifier.0"));
      Path file = folder.resolve("mask.pt");
      TorchScriptArchive.write(
          file,
          text,
          new Network(graph, new FormulaWeights(graph)),
          "ones: Tensor, streams: Tensor) -> Tensor");
      try (Model model = TorchEngine.load(file);
          NDManager manager = model.getNDManager().newSubManager()) {
        NDList in = new NDList(manager.ones(new Shape(2, 1280, 1, 1)));
        new DropoutStreams("mobilenet_v2", text.streams())
            .addTo(
                in,
                List.of(RandomKey.of("other", INT8), RandomKey.of("n01558993_robin.JPEG", INT8)),
                2);
        float[] mask = Golden.part(TorchEngine.run(model, in, 1).get(0).toFloatArray(), 1, 2);
        double[] drawn = {0.6260955333709717, 0.5446447730064392, 0.20503050088882446};
        for (int i = 0; i < drawn.length; i++) {
          assertEquals(drawn[i] >= p ? (float) (1 / (1 - p)) : 0f, mask[i], "element " + i);
        }
        int kept = 0;
        for (float element : mask) {
          kept += element > 0 ? 1 : 0;
        }
        if (p == 0.2) {
          assertEquals(999, kept);
        }
      }
    }
  }

  /** In another place of a batch, or alone, an image has the same statistics and draws. */
  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      names = {"MOBILENET_V2", "EFFICIENTNET_B0"})
  void neighboursDoNotMatter(Architecture zoo) throws IOException {
    try (OpenModel model = open(zoo, FormulaWeights.inFile(zoo.graph(1000), folder))) {
      Path file = folder.resolve("program.pt");
      DropoutStreams streams =
          CamProgram.compile(
              model, Quantization.NONE, MapMethod.TORCHCAM, Arithmetic.SIMULATED, file);
      try (CamProgram program = new CamProgram(file, streams)) {
        List<RgbImage> images = new ArrayList<>(Golden.scenePictures("crop").subList(0, 3));
        List<RandomKey> draws =
            new ArrayList<>(
                Stream.of("a", "b", "c").map(key -> RandomKey.of(key, Precision.F32)).toList());
        int[] own = {-1, -1, -1};
        List<Explanation> batch = program.run(images, own, draws, 1);
        for (int i = 0; i < 3; i++) {
          Explanation alone =
              program
                  .run(images.subList(i, i + 1), new int[] {-1}, draws.subList(i, i + 1), 1)
                  .get(0);
          float[] logits = batch.get(i).logits();
          assertTrue(Golden.error(alone.logits(), logits, Golden.largest(logits)) < 1e-5);
        }
        Collections.rotate(images, 1);
        Collections.rotate(draws, 1);
        List<Explanation> moved = program.run(images, own, draws, 1);
        for (int i = 0; i < 3; i++) {
          Explanation here = moved.get((i + 1) % 3);
          float[] logits = batch.get(i).logits();
          assertTrue(Golden.error(here.logits(), logits, Golden.largest(logits)) < 1e-5);
          float[] cam = batch.get(i).cam().values();
          assertTrue(Golden.error(here.cam().values(), cam, Golden.largest(cam)) < 1e-4);
        }
        IllegalArgumentException e =
            assertThrows(IllegalArgumentException.class, () -> program.run(images, own));
        assertTrue(e.getMessage().contains("0 keys for 3 images"), e.getMessage());
      }
    }
  }

  private static Range logitRange(Reference reference) {
    String last = "";
    for (Node node : reference.zoo().graph(1000).nodes()) {
      last = node.op().weights().isEmpty() ? last : node.name();
    }
    return reference.averaged().points().get(last);
  }

  private static List<RgbImage> images(String name) throws IOException {
    RawTensors inputs = RawTensors.of(Shared.file("paper/paper.inputs.safetensors"));
    if (inputs.count(name) == 0) {
      return List.of();
    }
    ByteBuffer bytes = inputs.bytes(name);
    List<RgbImage> images = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] pixels = new byte[224 * 224 * 3];
      bytes.get(pixels);
      images.add(new RgbImage(224, 224, pixels));
    }
    return images;
  }
}
